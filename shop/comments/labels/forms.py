"""What the form of a clause shows: a choice, a comparison, a sought piece, an English question, sized pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator

DOUBT = re.compile(r"不会.{1,8}吧$")
CHOICE = re.compile(r"(?<![爱不])([^\W\d]{1,2})不\1")
PARTED = re.compile(r"([能会是要])[^不]{1,10}不\1$")  # 能用洗碗机洗不能
EITHER = re.compile(r"[是用卖发选买拍].{1,8}(?<!我)(?<!你)还是(?![很挺好蛮不没会喜觉想]).|\d.?还是\d")
BETTER = re.compile(r"比(?!这|你|它|我[买收拿])[^，。]{1,8}[都还更]要?(?:[好强美香细]|漂亮|便宜)")
SOUGHT = re.compile(
    r"(?:有没有|有木有|有冇)(?!人).{2,}的[吗呢啊呀]?$|(?<![没只])有[^什么啥几人没的]{1,10}的[吗不没么嘛]$"
)
ENGLISH_QUESTION = re.compile(
    r"(?:‹(?:and|so|hi|hey|hello|also|but)›)*‹(?:can|could|does|is|are|will|would|did|was|were|should|may)›"
    r"(?:‹(?:my|your|our|the|this|that|these|those|it|they|we|i|you|there|anyone|someone|kids|children)›|[$\d])"
    r"|‹(?:can|could|will|would)›‹an?›"
    r"|‹(?:does|did)›‹(?!(?:not|look|looks|feel|seem|arrive|come|take|a)›)"
    r"|‹any›(?!‹(?:way|one|body|thing|time|day|where|of|color|colour)›)(?:‹[a-z']+›){1,5}$"
)
HOW_MUCH = re.compile(r"(?<![高矮宽深重厚长径量寸度积大小])多少[啊呀呢哦喔嘛么哇]*$")
SIZED = re.compile(
    r"([大中小])(?:号|款)?(?:茶|饭|汤|面|花|酒|水|马克|主人|公道|盖|马蹄|铃铛|罗汉|压手|鸡缸|手绘|柴烧|圆|方|高|矮|陶|瓷)?(?:[杯碗盘碟壶瓶罐盏缸盆勺锅炉坛]|斗笠)"
)
COLOURED = re.compile(
    r"(?<![烟骨])([白黑蓝绿红粉黄紫灰棕])(?:[大小中]号?|马克|盖|饭|花|餐|面|汤)?(?:[杯碗盘碟壶瓶罐盏缸盆]|盖子|盖碗)"
)


def sized_and_coloured(words: str) -> Iterator[tuple[str, str]]:
    """The size and the colour that a piece's name begins with: 大碗, 小茶杯, 中号盘, 蓝碗."""
    yield from (("size", name[1]) for name in SIZED.finditer(words))
    yield from (("glaze", name[1]) for name in COLOURED.finditer(words))
