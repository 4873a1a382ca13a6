"""Headers by pattern, for what the lists of `synonyms` lack: our field, and what its headers look like.

A header is matched as `key` leaves it: no units in brackets, blanks, underscores, hyphens or stars, lower case.
Patterns are tried in order; a header that is a rate, a person or an estimate is never an amount.
"""

from __future__ import annotations

import re

from etl.files.headers import plain

UNIT = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]")
DROPPED = re.compile(r"[\s_\-*:：/\"'·.]+|必填|选填")


def key(header: str) -> str:
    """A header as patterns and synonyms compare it."""
    written = plain(header)
    without_unit = UNIT.sub("", written)
    return DROPPED.sub("", without_unit if without_unit.strip() else written)


def _regexes(*pairs: tuple[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in pairs)


NO_AMOUNT = re.compile(
    r"率|比例|占比|percent|(?<!shipping)rate$|预估|预计|佣金|手续费|服务费|commission|(?<!shipping)(?<!delivery)fees?$|estimated|coupon(code|detail)|"
    r"discountcode|code$|method|compareat|方式|状态|原因|次数|时间|日期|编号|单号"
)
PERSONAL = re.compile(
    r"(收货|收件|买家|客户|billing|shipping|ship|buyer|customer|recipient|delivery)?"
    r"(姓名|人$|电话|手机|手机号|地址|街道|邮箱|邮编|first|last|full|name1?$|phone|street|address|email|zip|postal)"
)
NOT_PERSONAL = re.compile(
    r"商品|产品|宝贝|规格|店铺|product|item|sku|listing|variation|^name$|title|merchant|shopname|省|州"
)
PATTERNS = {
    "order_line": _regexes(
        ("gift", r"^(是否)?(为)?赠品(标识|标记)?$|^is(free)?gift$|^freegift$"),
        ("gift_of", r"赠品(主)?(订单|单)(编?号|id)?$|giftof|parentgift"),
        (
            "line_id",
            r"子订单(编?号|id)?$|商品单(编?号|id)$|明细(编?号|id)$|orderlineid|order(line|item)(id|no|number|#)$|lineitemid|transactionid$",
        ),
        (
            "order_id",
            r"^(线上|平台|原始|网店|外部|主|父)(订单|交易)(编?号|id|编码)$|^(内部|店铺)?(订单|交易)(编?号|id|编码)$|^订单$|(^|[a-z])order(id|no|num|number|sn|code|name|ref|reference|#)$|^order$|ordernumber|^name$|^(receipt|sale|ticket|bill)(id|no|number|#)?$|^(单据?|流水单?|小票|收据|销售单?)(编号|号码?)$",
        ),
        ("product_id", r"(商品|宝贝|产品)(id|编号)$|(product|listing|item)id$|^asin$|^goodsid$|spuid"),
        (
            "sku",
            r"商家编码|商家sku|sku(外部)?编码|货号|外部编码|规格编码|商品编码|(^|seller|merchant|item|lineitem|product|custom|internal|variant)sku$|skuid$|customlabel|型号编码|skureferenceno|itemcode|^skunumber|^sku",
        ),
        (
            "title",
            r"(商品|宝贝|产品|货品)(名称|标题|名)?$|^选购商品$|^(物[件品]|品[名项]|货[名品]|作品|器物|东西|名称|款名)(名称?)?$|^(买|卖|要|订|拿|出)(了|的)?(啥|什么|哪[些件个]|东西)$|(product|item|lineitem|listing|goods)(name|title)$|^title$|^description$|^item$",
        ),
        (
            "spec",
            r"规格|商品属性|销售属性|^型号(?!编码)|款式|^颜色$|variation|variant|^options?(name)?$|productoption|(item|lineitem)options?",
        ),
        (
            "quantity",
            r"^(商品|购买|成交|宝贝|下单|订购|sku)?总?(数量|件数)$|^(几|多少)[个件只套]$|^[个件只套]数$|^数目$|(^|item|lineitem|product|order|total|purchased|shipped)(qty|quantity)$|^(item|product|goods|sku|buy)(qty|cnt|count|num)$|^quantity(ordered|purchased|shipped)?$|numberofitems|itemcount|^units?(sold)?$|^pieces$",
        ),
        (
            "unit_price",
            r"单价|^商品价格$|商品售价|^商品(活动|优惠)价格?$|^商品原价$|^售价$|^京东价$|^soldfor$|unitprice|(item|lineitem|product|goods|sku|sale|deal|listing)(price|cost)$|^price(perunit|each)?$|originalprice|wholesaleprice",
        ),
        (
            "list_total",
            r"(商品|货品|宝贝)(总价|总额|总金额|金额|合计)$|小计$|^总金额$|^买家应付货款$|ordervalue|subtotal|itemtotal|lineitemtotal|grosssales|merchandise",
        ),
        (
            "platform_discount",
            r"平台.*(优惠|补贴|折扣|券|承担)|platform.*(discount|voucher|rebate|coupon|subsidy)|marketplace.*discount|shopeevoucher|shopeerebate",
        ),
        (
            "seller_discount",
            r"(店铺|商家|卖家).*(优惠|折扣|折让|承担|券|改价|补贴)|^(优惠|折扣){1,2}(总?金额)?$|sellerdiscount|seller.*(voucher|rebate)|(^|item|order|lineitem|cart|total|promotion)discounts?(amount|total)?$|^coupon(amount|discount)$",
        ),
        ("paid_after_refund", r"adjusted(order)?total|(净|退款后)(实付|支付)(金额)?$|totalafterrefund"),
        (
            "paid",
            r"实付|实际支付|实际价格|应付金额|支付金额|实收(金额|款|$)|^收款(金?额)?$|^(一共|共)?[收卖付](了|的|到)?(多少)?(钱|款|价)$|^收入$|^到账(金额)?$|^tak(en|ings)$|已付金额|结算金额|paidprice$|订单(金额|合计|总计|总额|总价)$|^(合计|总计)(金额)?$|付款金额|(^|order|grand|amount)total(paid|amount|price)?$|totalpaid|totalamount|(amount|buyer|customer)paid|^paid(amount|total)?$|^amount$|subtotalafterdiscount|finalprice|^(real|actual|pay|payment)(price|amount|money|sum|paid|pay)$|payout$|nettotal|^netsales$",
        ),
        (
            "shipping_discount",
            r"(运费|邮费|快递费)(优惠|减免|折扣)|^(order|buyer)?(shipping|ship|delivery|postage)(promotion)?discount(amount|total)?$",
        ),
        (
            "shipping",
            r"运费|邮费|快递费|邮资|postage|freight|(^|order|buyerpaid|buyer|customer|total)(shipping|delivery)(fee|rate|amount|cost|price|charged?|total|paid)?$|shippingcharge|shippingfeeafterdiscount|shippingandhandling|^freightvalue$|运费(金额|收入)",
        ),
        (
            "tax",
            r"税|(^|sales|order|total|item|shipping)(tax|taxes|vat|gst)(total|amount|collected)?$|^ordertotaltax",
        ),
        (
            "refund",
            r"退款(总)?(金额|额)$|实退金额$|已退款?(金额)?$|已退款金额|(total|order|item)?refund(ed)?(amount|total)?$|amountrefunded",
        ),
        ("after_sale", r"(售后|退款)状态|(refund|return)status|售后$|cancellation/?return|退款/?售后"),
        (
            "paid_at",
            r"(付款|支付)(完成|成功|确认)?(时间|日期)|(^|order)paid(at|time|date|on|ondate)?$|datepaid|(order)?approvedat$|payment(s)?(date|time)|orderpaidtime",
        ),
        (
            "created_at",
            r"(下单|创建|提交|拍下|成交|订单生成|订单成交|订单成立)(时间|日期)$|^订单(时间|日期)$|created?(at|time|date|on)$|^created$|purchasetimestamp|creation(date|time)$|(order|sale|purchase|transaction)(ed)?(date|time|on)$|^(date|datetime|日期|时间)$|datecreated|purchasedate",
        ),
        (
            "shipped_at",
            r"^(订单)?发货(时间|日期)$|(shipped|fulfilled|dispatched)(at|time|date|on)|deliveredcarrierdate|dateshipped|^shipdate$|shippingdate$|ordershiptime|shiptime$",
        ),
        (
            "completed_at",
            r"^(订单|交易|确认)?(完成|成交成功|确认收货|收货|签收)(时间|日期)$|(completed|delivered)(at|time|date|on)|deliveredcustomerdate|completetime$",
        ),
        (
            "status",
            r"^(订单|交易)状态$|^状态$|orderstatus|financialstatus|paymentstatus|^status$|orderstate$",
        ),
        (
            "province",
            r"(^|收货|收件|地址|所在)省(份)?$|^省市区?$|^(ship|shipping|delivery|recipient|customer)?(state|province|region|provincename)$",
        ),
        ("currency", r"币种|货币|currency(code)?$"),
        (
            "buyer",
            r"^(买家|客户|用户|会员)(id|昵称|账号|openid|会员名|uid|编号)?$|^(buyer|customer|user)(id|username|userid|name|uid)?$|^username$|^retailer$|^email$",
        ),
        ("creator_id", r"(达人|主播|推广者)(id|uid)$|(creator|affiliate|influencer)id$"),
    ),
    "comment": _regexes(
        ("comment_id", r"^(评论|评价|comment|cmt|reply|review)(id|编号)$|^(cid|rpid)$"),
        ("parent_id", r"(父|上级|回复).*评论?id|parent(comment)?id|root(comment)?id|replyto(id|commentid)?$"),
        ("video_id", r"(视频|作品|笔记)(id|编号)$|^(aweme|note|video|photo|item|bvid?|avid|post|mid)(id)?$"),
        ("session_id", r"(直播间|直播|房间)(id|编号)|(room|live|session)id$"),
        (
            "text",
            r"^(评论|评价)?内容$|^(review)?(comment|reply|message|review)?(content|text|body|message)$|^评论$|弹幕",
        ),
        (
            "written_at",
            r"(评论|评价|发布|发送|创建)时间|^(create|created|comment|publish|published|post|send|review(creation)?)(d)?(time|date|at)$|^(ctime|timestamp|time|date)$",
        ),
        ("likes", r"点赞(数|次数)?$|^(comment)?(like|digg)s?(count|num)?$"),
        ("replies", r"回复(数|次数)$|^(sub)?(comment|reply)(s)?(count|num)$|replies$"),
        ("author_id", r"^(用户|作者)(id|编号)$|^(user|author)(channel)?(id|uid)$|^uid$"),
        ("nickname", r"^(用户)?(昵称|名称|名)$|^nick(name)?$|^username$|^author$"),
    ),
    "listing": _regexes(
        ("title", r"^(商品|宝贝|产品)?(名称|标题)$|^(product|item|listing)?(title|name)$"),
        ("price", r"价格|售价|^(regular|sale|variant|product)?price$"),
        ("quantity", r"库存|stock|inventory|^(quantity|qty)$"),
        ("sku", r"商家编码|货号|sku"),
    ),
    "refund": _regexes(
        ("order_id", r"^(主|关联)?订单(编?号|id)$|order(id|no|number)$"),
        ("refund_id", r"(退款|售后|退货)(单)?(编?号|id)$|(refund|return|case)(order)?(id|no|number)$"),
        ("amount", r"(实际|申请)?退款(总)?金额$|refund(ed)?amount$|amountrefunded"),
        ("unit_price", r"^(退货|退款)?单价$|^(return|refund|unit)(ed)?(unit)?price$"),
        ("quantity", r"^(退货|退款)(商品)?数量$|^(return|refund)(ed)?(quantity|qty|units)$"),
        (
            "refunded_at",
            r"退款(完成|成功|到账)?时间$|(refund|return)(ed)?(at|time|date|on)$|(refund|return)completed",
        ),
        ("requested_at", r"(申请|售后申请|退款申请)时间$|request(ed)?(at|time|date)$|timerequested$"),
        ("status", r"(退款|售后)状态$|(refund|return|case)?status$"),
        ("reason", r"原因$|reason$"),
    ),
    "live_session": _regexes(
        ("started_at", r"(开播|直播开始|开始直播)(时间|日期)?$|^(live)?start(ed)?(time|at|date)?$"),
        ("session_id", r"^直播(场次|间)?id$|^(live|stream|broadcast|session)id$"),
        ("orders", r"^成交(笔|订单|单)数$|^(sku|paid)?orders?(count)?$"),
        ("ended_at", r"(关播|下播|直播结束|结束)时间$|^(live)?end(ed)?(time|at)?$"),
    ),
}
EXCLUDED = {  # headers that a pattern would take and that mean something else
    "created_at": re.compile(r"承诺|最晚|预计|超时|预售|deadline|expected"),
    "shipped_at": re.compile(r"承诺|最晚|预计|超时|deadline|expected|shipby"),
    "paid_at": re.compile(r"预售|定金|尾款"),
    "paid": re.compile(r"之前|积分|税$|定金|运费"),
    "quantity": re.compile(r"退|refund|return|cancel"),
    "written_at": re.compile(r"modify|update"),
    "spec": re.compile(r"编码|编号"),
    "shipping": re.compile(r"优惠|减免|折扣|补贴"),
    "seller_discount": re.compile(r"运费|邮费|shipping|^ship"),
}
