"""What a piece costs, down to the last cent, and the least price at which nothing is lost.

**Material.** A step uses `pieces_in x material_use.amount` of each material of the batch's SKU at
its stage: clay (greenware) on the day that the batch was started, everything else on the day that the
step was done. It is valued at the moving average price: value taken = value on hand x amount / amount
on hand, rounded half up (`split(value, (amount, rest))[0]`). Movements of a material are valued in the
order (day; purchases, then uses and waste, then counts; within these by `move_key`), however late they
were typed: what is bought on a day is there before what is used on it, and a mistake mended later
gives the same values as if it had never been made. Where the book holds less than was used, the
difference is first taken as found ("counted", at the average price of what was there, else of the last
purchase, rounded half up). The use of a batch's step has the `move_key`
"step:<batch>:<stage>:<part>:<material>"; it is the only movement of that step and follows it.

**Kiln.** A firing costs energy + wear + labour. It is shared over all parts in the load by pieces in
x `shelf_cm2` of their SKU, by largest remainder, in the order (batch, stage, part); by pieces alone
where the shelf space of any of them is not known.

**Losses.** Each stage adds its material and its kiln share to what the pieces going in carry. Of
both sums the lost pieces' share (`split(sum, (out, lost))`, material and kiln apart) is the stage's
loss: what had been put into those very pieces. A piece lost at greenware carries only clay; one lost
in the glaze firing carries clay, bisque share, glaze and its share of the glaze firing. Losses carried
from earlier stages stay with the pieces that live on, so that all losses plus what sits in the good
pieces are exactly what was spent. Where only some of the pieces go on to a stage (the batch was split
and the rest waits), what they carry is split by pieces in the same way.

**Batch.** The parts of a stage are added up: one batch has one cost, whichever firings its parts went
through. Every good piece of a batch carries the same share, seconds and unique pieces too. A batch
whose pieces were all lost shows in `loss_value` and in no unit cost. Cancelled batches count
nowhere.

**Unit cost.** A SKU's unit cost holds from the first day that a batch's check gave pieces of it until
the next such day. Before packing it is (material + kiln + loss in the good pieces) / good pieces,
rounded half up once; of several batches that first gave the SKU on one day, their average by pieces. Its
parts are that figure split by largest remainder (material, kiln, loss). Packing is the sum over
`material_use` at "packing" of amount x average price at the end of that day, rounded half up once.
Seconds and numbered pieces that have no packing of their own take that of the SKU that their batch was
started as. A cost typed in by hand (without a batch) holds from its day in the same way, and goes
before a batch's of that day. A sold piece costs what is valid on the day it was paid; before the first
such day its cost is not known.

It is complete when the batch has ended, every fired step names its firing, every firing in it has its
energy bill (money, or 0 kWh said), the whole load its shelf space, every material used or packed with
has been bought before, and the batch used materials at all.

**Floor price.** At price P with coupon C borne by the shop the buyer pays P - C. The platform keeps its
fee and the host's commission of that (also of what is later given back: careful), and of every hundred
pieces some break on the way and are paid back in full. Nothing is lost where

    (P - C) x (1 - fee - commission - breakage) >= unit cost + shipping

so that the floor is C + (unit cost + shipping) / (1 - fee - commission - breakage), rounded up to the
cent. The friendly price beside it is the next one that ends in .90.

**Margin** of the lines paid in a range (each with its refunds, whenever they came): gmv -
refunds_by_order - fees - commission - cost of the pieces that left for good. A line's pieces (gifts
too) left unless it was cancelled before it was sent or all its money went back before that; less what
came back whole (`return_receipt.whole`). Each costs the unit cost valid on the day it was paid. Fees
and commission are what the platform kept by its settlements of the line's order: income less what it
paid out, of it the commission (`commission_cents`) apart. A settlement that names no line is split over
the order's lines by what was paid, largest remainder, in the order of line ids. For lines of orders
without a settlement they are estimated: (gmv - refunds_by_order) of those lines, per SKU and platform,
x the rate in `platform_terms`, rounded half up, and marked.
"""

from shop.kiln.batch_costs import retell, retell_units
from shop.pricing.floor_prices import Floor, NoFloor, Terms, card, floor_price, set_terms, terms
from shop.pricing.unit_costs import UnitCost, set_unit_cost, unit_cost, why_incomplete
from shop.profit.cogs import goods_by_sku
from shop.profit.margins import margins

__all__ = [
    "Floor",
    "NoFloor",
    "Terms",
    "UnitCost",
    "card",
    "floor_price",
    "goods_by_sku",
    "margins",
    "retell",
    "retell_units",
    "set_terms",
    "set_unit_cost",
    "terms",
    "unit_cost",
    "why_incomplete",
]
