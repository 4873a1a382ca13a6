"""What is taken for a person's data, by header and by content, and what is not."""

import json

import pytest

from shop.core.personal import clean_extras, has_contacts, hide_contacts, is_personal_header, without_contacts

PERSONAL = (
    "Buyer|Ship Name|Ship Address1|Ship City|Ship Zipcode|Buyer User ID|Full Name|E-Mail|customer_email|Billing Name|"
    "Shipping Street|shipping_address_1|Phone #|Recipient|Post Code|Post Town|Zip|Notes|Gift Message|Nickname|"
    "Delivery Instructions|Käufername|Straße|PLZ|Name des Empfängers|Indirizzo|Nom du destinataire|Adresse|"
    "Nombre del comprador|收件人|收件人手机号|收货地址|详细地址|街道|买家留言|商家备注|买家会员名|联系电话|"
    "邮编|身份证号|收貨人|電話|"
    "Custom (product.metafields.custom.buyer_name)"
)
NOT_PERSONAL = (
    "Vendor|Type|Option1 Name|Name|Title|Variant SKU|Variant Requires Shipping|Image Src|Image Alt Text|"
    "Shipping weight|"
    "Shipping profile|SEO Title|Google Shopping / MPN|Section|Shop name|HS Code|Country of origin|Care instructions|"
    "VARIATION 1 NAME|Buyers|Customers|商品名称|商家编码|图片地址|商品链接地址|手机端详情|店铺名称|"
    "运费模板|省|买家实际支付金额|"
    "买家应付邮费|确认收货时间|成交买家数|收货地址-省|Color (product.metafields.shopify.color-pattern)"
)
CONTACTS = (
    "13800001111|电话138 0000 1111谢谢|+86 13800001111|+1 (503) 555-0100|(503) 555-0100|503-555-0100|020 7946 0958|"
    "0571-88881234|１３８０００01111|anna@example.com|0 CANARYSTREET|12 Mill Lane|123 Main Street, Leeds|Hauptstraße 5|"
    "朝阳区建国路88号3栋|浙江省杭州市西湖区文三路 138 号|110101199003070134|"
    "221b Baker St|5 rue de la Paix|via Roma 12|PO Box 123"
)
NO_CONTACTS = (
    "6901234567892|012345678905|4006381333931|2025-10-31 12:00:00|6917926768823643751|2600000000001|19.9|12-34-56|"
    "3 号釉|1号窑|"
    "12 Piece Set|10cm x 20cm|容量250ml 高8cm|Line drawing mug|8 Small Square dishes|"
    "1300 Degree Stoneware|110101199003070135|"
    "550e8400-e29b-41d4-a716-446655440000|https://cdn.example/s/files/1/0001/138/x.jpg"
)


@pytest.mark.parametrize("header", PERSONAL.split("|"))
def test_a_header_of_a_person_is_known(header: str) -> None:
    assert is_personal_header(header)


@pytest.mark.parametrize("header", NOT_PERSONAL.split("|"))
def test_a_header_of_a_product_or_a_count_is_none(header: str) -> None:
    assert not is_personal_header(header)


@pytest.mark.parametrize("cell", CONTACTS.split("|"))
def test_contacts_are_known_by_their_form(cell: str) -> None:
    assert has_contacts(cell)
    assert hide_contacts(f"Anna, {cell}", "Info") == "●"


@pytest.mark.parametrize("cell", NO_CONTACTS.split("|"))
def test_codes_measures_and_dates_are_none(cell: str) -> None:
    assert not has_contacts(cell)


def test_an_id_of_eleven_digits_is_no_telephone_number() -> None:
    record = {"item_id": "13800001111", "reason_text": "13800001111", "rows": [{"remark": "打 13800001111"}]}
    assert without_contacts(record) == {
        "item_id": "13800001111",
        "reason_text": "●●●●●●●●●●●",
        "rows": [{"remark": "打 ●●●●●●●●●●●"}],
    }


def test_extras_lose_the_columns_of_people_and_preserve_what_a_listing_consists_of() -> None:
    stored = {
        "description": "Made at 12 Mill Lane",
        "options": {"Personalization": "Name"},
        "columns": {"Buyer": "Anna", "Ship Name": "Anna", "Glaze": "celadon", "Info": "Anna 503-555-0100"},
        "Variant Barcode": "13800001111",
    }
    cleaned = clean_extras(json.dumps(stored))
    assert cleaned is not None
    assert json.loads(cleaned) == {**stored, "columns": {"Glaze": "celadon"}}
    assert clean_extras(cleaned) == cleaned
    assert clean_extras('{"Buyer": "Anna"}') is None
