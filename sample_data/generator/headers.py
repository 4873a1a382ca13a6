"""The header rows of the platforms' export files, as public importers list them."""


def _columns(text: str) -> tuple[str, ...]:
    """Return the names of a header row, given as its text with line breaks."""
    return tuple(text.replace("\n", "").split(","))


# Order export with 商品规格 and 商品单价.
DOUYIN_ORDERS_74 = _columns("""
主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品单价,订单应付金额,运费,
优惠总金额,平台优惠,商家优惠,达人优惠,商家改价,支付优惠,红包抵扣,支付方式,手续费,收件人,
收件人手机号,省,市,区,街道,详细地址,是否修改过地址,地址修改时段,买家留言,订单提交时间,旗帜颜色,
商家备注,订单完成时间,支付完成时间,APP渠道,流量来源,订单状态,承诺发货时间,订单类型,鲁班落地页ID,
达人ID,达人昵称,所属门店ID,售后状态,取消原因,预约发货时间,仓库ID,仓库名称,序列号,是否安心购,
广告渠道,流量类型,流量体裁,流量渠道,发货主体,发货主体明细,发货时间,降价类优惠,平台实际承担优惠金额,
商家实际承担优惠金额,达人实际承担优惠金额,预计送达时间,是否平台仓自流转,车型,商品69码,发货SN码,
发货IMEI码1,发货IMEI码2,预约送达时间,建议发货时间（起）,建议发货时间（止）,物流SN码,物流IMEI码1,
物流IMEI码2""")

# Order export with 货号 and 商品金额 (the unit price), seen in newer files.
DOUYIN_ORDERS_75 = _columns("""
主订单编号,子订单编号,支付方式,选购商品,货号,商品ID,商家编码,商品数量,商品金额,订单提交时间,
支付完成时间,订单完成时间,承诺发货时间,预约发货时间,买家留言,旗帜颜色,商家备注,APP渠道,订单状态,
取消原因,售后状态,订单类型,发货时间,车型,是否是以旧换新,换新额外补贴,换新额外补贴发放状态,
订单应付金额,运费,优惠总金额,平台优惠,商家优惠,达人优惠,商家改价,支付优惠,手续费,红包抵扣,
降价类优惠,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,收件人,收件人手机号,省,市,
区,街道,详细地址,是否修改过地址,快递信息,序列号,达人ID,达人昵称,拼团订单团编号,商品单价是否含税,
税费,鲁班落地页ID,所属门店ID,流量来源,仓库ID,仓库名称,是否安心购,广告渠道,流量类型,流量体裁,
流量渠道,发货主体,发货主体明细,教育优惠,预计送达时间,是否平台仓自流转,是否是渠道商品,预约送达时间,
建议发货时间（起）,建议发货时间（止）""")

# After-sale export.
DOUYIN_AFTERSALE = _columns("""
售后单号,订单号,商品单号,商品名称,商品ID,应付金额（元）,商品运费（元）,支付优惠（元）,
商品税费（元）,商品发货状态,售后类型,退商品金额（元）,退运费金额（元）,退支付优惠（元）,
退税费金额（元）,售后状态,售后申请时间,退款方式,是否已上传退款凭证,售后原因,售后原因标签,
退货物流单号,退货异常,退货发货时间,退货物流公司,自动处理截止时间,同意售后申请时间,商家退款时间,
用户到账时间,售后关闭时间,商家退货地址,商家退货联系人姓名,商家退货联系人电话,仲裁状态,纠纷责任方,
是否极速退款,是否拒签后退款,发货物流单号,发货物流状态,换货物流单号,退货物流状态,售后完结时间,
订单备注,用户售后说明,售后备注,操作人,协商记录,换货商品信息,商家编码,门店名称""")

# Settlement export; a second header row follows it.
DOUYIN_SETTLEMENT = _columns("""
结算时间,订单号,子订单号,结算金额,结算账户,结算单类型,有结算前退款,下单时间,商品ID,商品数量,
业务类型,订单类型,订单总价,商品总价,运费,店铺劵,结算前退款金额,平台补贴,达人补贴,抖音支付补贴,
抖音月付营销补贴,用户实付,收入合计,平台服务费,佣金,渠道分成,招商服务费,站外推广费,其他分成,
其他分成说明,支出合计,是否免佣,免佣金额,备注""")

# Compass product report of one period.
DOUYIN_COMPASS_PRODUCTS = _columns("""
商品标题,商品图片,商品编号,成交金额,成交订单数,成交件数,成交人数,预估佣金收入,实际佣金收入,
新用户成交人数,曝光人数,曝光次数,点击人数,点击次数,退款金额,退款订单数,退货件数,退款人数,退款率,
品质退货率（滞后）,投诉率（滞后）,评价数,好评数,差评数,好评率,差评率,直播间商品曝光人数,
直播间商品点击人数,直播间成交金额,直播间成交订单数,直播间成交件数,直播间成交人数,
直播间曝光-支付转化率,直播间点击-支付转化率,直播间曝光-点击转化率,直播间退款金额,直播间退款人数,
直播间退款订单数,短视频商品曝光人数,短视频商品点击人数,短视频成交金额,短视频成交订单数,
短视频成交件数,短视频成交人数,短视频曝光-支付转化率,短视频点击-支付转化率,短视频曝光-点击转化率,
短视频退款金额,短视频退款人数,短视频退款订单数,商品卡曝光人数,商品卡点击人数,商品卡成交金额,
商品卡成交订单数,商品卡成交件数,商品卡成交人数,商品卡曝光-支付转化率,商品卡点击-支付转化率,
商品卡退款金额,商品卡退款人数,商品卡退款订单数""")

# TikTok Shop order export: 24 columns of a public exporter, and those with time, SKU and buyer.
TIKTOK_ORDERS = _columns("""
Order ID,Order Status,Order Substatus,Cancellation Return Type,Normal or Pre-order,SKU ID,
Seller SKU,Product Name,Variation,Quantity,SKU Quantity Return,SKU Unit Original Price,
SKU Subtotal Before Discount,SKU Platform Discount,SKU Seller Discount,SKU Subtotal After Discount,
Shipping Fee After Discount,Original Shipping Fee,Shipping Fee Seller Discount,
Shipping Fee Platform Discount,Payment Platform Discount,Taxes,Order Amount,Order Refund Amount,
Created Time,Paid Time,Shipped Time,Delivered Time,Cancelled Time,Cancel Reason,Tracking ID,
Delivery Option,Shipping Provider Name,Buyer Message,Buyer Username,Recipient,Phone #,Country,State,
Post Town,Detail Address,Payment Method""")

# Live sessions of the creator centre.
DOUYIN_SESSIONS = _columns("""
主播账号,直播间ID,直播标题,开播时间,关播时间,直播时长,峰值在线人数,平均在线人数,曝光人数,观看人数,
观看人次,涨粉人数,人均停留时长,评论人数,点赞次数,分享次数,商品点击人数,直播间成交金额""")

# Works list of the creator centre; rates as fractions, seconds as numbers.
DOUYIN_WORKS = _columns("""
作品名称,发布时间,体裁,审核状态,播放量,完播率,5s完播率,封面点击率,2s跳出率,平均播放时长,点赞量,
分享量,评论量,收藏量,主页访问量,粉丝增量""")

# The other spelling of the works list: `12.5%`, `18秒`, counts without 量.
DOUYIN_WORKS_SHORT = _columns("""
作品名称,发布时间,体裁,审核状态,播放量,完播率,5s完播率,封面点击率,2s跳出率,平均播放时长,点赞,分享,
评论,收藏,主页访问量,粉丝增量""")

# Comments as scraper files write them (no official export is known).
COMMENTS = _columns("""
评论ID,上级评论ID,用户ID,昵称,评论内容,评论时间,点赞数,回复数""")

# The short form of a comment file, without ids.
COMMENTS_SHORT = _columns("""
昵称,评论内容,评论时间,点赞数,回复数""")
