"""How often writers use which letters that are not ASCII: enough to tell encodings apart.

Rough figures: what decides is that a text read in the wrong encoding is full of letters that nobody
writes, or that nobody writes beside each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

_SIGNS = "«»“”„’‘–—…°©®€§·•№ª²³µ×´£±½¬¶¢÷"
_BOXES = "─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬█▀▄░▒▓■"
_WIDE = "，。、：；（）！？「」『』《》【】“”…—·～"
_KANA = "".join(map(chr, range(0x3041, 0x30F7))) + "ー"
_HALF_KANA = "".join(map(chr, range(0xFF61, 0xFFA0)))

_ZH = (
    "的一是不了在有我他这中大来上个国和到说们为以子生时要就出会可也你对下自之而过后作里用道行"
    "所然家种事成方多经去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想"
    "实日者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应"
    "向头文体政等特次什么新名回变条书系统数据库文件夹用户登录返回值空列表错误码信息连接请求输入"
    "输出配置默认参数函数方法类型对象字符串长度检查是否存在失败成功处理删除添加更新保存读取写入"
    "打开关闭接口测试线程安全缓存计算注意例如表示获取设置初始化执行调用密码路径目录记录查询结果"
    "始终超出限额总价订单直接重复该编号每内源选项目标显示加载节点指针判断循环每次释放转换格式"
)
_ZT = (
    "的一是不了在有我他這中大來上個國和到說們為以子生時要就出會可也你對下自之而過後作裡用道行"
    "所然家種事成方多經去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想"
    "實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應"
    "向頭文體政等特次什麼新名回變條書系統數據庫檔案夾使用者登入傳回值空列表清單錯誤碼訊息連線"
    "請求輸入輸出設定預設參數函式方法類型物件字串長度檢查是否存在失敗成功處理刪除新增更新儲存讀"
    "取寫入開啟關閉介面測試執行緒安全快取計算注意例如表示取得設置初始化呼叫密碼路徑目錄記錄查詢"
    "結果帳號總價訂單直接重複該編號每內源選項目標顯示載入節點指標判斷迴圈釋放轉換格式"
)
_JA_KANA = "のいるをにはがとたしてすでなかきれまんあさりくらっもこつうせそけえよみだどおろじばわ"
_JA_KANJI = (
    "日一国人大年本中長出時行上生後間方前分者会手自用度定数値文字列設定処理関数型引配名前変数"
    "入力出力表示追加削除更新取得保存読込書実行開始終了場合確認結果返最初期化対象注意使用接続待"
    "送受信要求応答成功失敗空存在無有効合計金額注文在庫利用認証画面検索一覧番号登録情報全部次元"
    "見必正不動作内外目指示含期限切呼戻件下回"
)
_KO = (
    "이다는을의에가를한고하지로사은도기어리나시자대해일인서라정보그아들과여수구부전만장제있상원면"
    "공으비스게소주적동경유조성안선오연모생신서우마트무계요진했없습니다합치방물통진위용반할된때문"
    "않음값입력출함열파객체류오류목록저파설결과확환호초처작실행검색삭추변결데베터번름버디드당등"
    "간각개거것관국권급날내년될됨두또뒤란러려록말매며명미바발배별분붙빈새세순식알야양업였영온와외"
    "월웹육의임잘재점접정져중즉직차참최큰키타태택토패포표필하학항행허현형화회효후히"
)


@dataclass(frozen=True, slots=True)
class Writing:
    """A language, and the encodings that its writers use, the likelier ones first."""

    codecs: tuple[str, ...]
    follows: float  # how often another letter that is not ASCII comes next
    latin: float  # how often an ASCII letter stands beside one that is not
    shares: dict[str, float] = field(repr=False)  # of all letters that are not ASCII
    # Of two bytes: the standard that has the other letters, and its first bytes of the usual ones.
    standard: str = ""
    usual: tuple[int, int] = (0, 0)

    def share(self, char: str) -> float:
        """How often `char` is written: its part of all letters that are not ASCII."""
        known = self.shares.get(char)
        if known is not None:
            return known
        if not self.standard:
            return 1e-4 if char.isalpha() else 1e-6
        if "\uff01" <= char <= "\uff5e":
            return 1e-4
        try:
            first, *rest = char.encode(self.standard)
        except UnicodeEncodeError:
            return 1e-8
        if len(rest) != 1:
            return 1e-8
        return 7e-5 if self.usual[0] <= first <= self.usual[1] else 2e-6


def _flat(*groups: tuple[str, float]) -> dict[str, float]:
    """The letters of a group share its part among them; a later group has more to say."""
    return {char: part / len(letters) for letters, part in groups for char in letters}


def _graded(letters: str, slope: float) -> dict[str, float]:
    """Letters, the most frequent ones first, in both cases, and signs."""
    weights = [slope**at for at in range(len(letters))]
    parts = [0.9 * weight / sum(weights) for weight in weights]
    lower = dict(zip(letters, parts, strict=True))
    upper = {char.upper(): part for char, part in lower.items() if len(char.upper()) == 1}
    return _flat((_SIGNS, 0.05)) | upper | lower


def _european(codecs: str, follows: float, latin: float, *languages: str) -> Iterator[Writing]:
    for letters in languages:
        slope = 0.92 if len(letters) > 20 else 0.75
        yield Writing(tuple(codecs.split()), follows, latin, _graded(letters, slope))


WRITINGS: tuple[Writing, ...] = (
    *_european(
        "cp1252 mac-roman",
        0.05,
        0.85,
        "éèàêçôîùâûëïœ",
        "üäößé",
        "óíáéñúü¿¡ºª",
        "ãçáéíóõêâàúôü",
        "äåöéü",
        "øåæéö",
        "èàùòéì",
        "éëïóüö",
        "íáðéóúþöýæ",
    ),
    *_european(
        "cp1250 iso8859-2",
        0.1,
        0.85,
        "ąęłóżśćńźé",
        "íáéěřýůčžšúťňďó",
        "áéöőóüíúű",
        "ăîâșțşţ",
        "šćčžđ",
        "áíéýčžšúôľťňäďĺŕó",
    ),
    *_european("cp1254 iso8859-9", 0.06, 0.85, "ıişüğçöâ".replace("i", "") + "İ"),
    *_european(
        "cp1251 koi8-r cp866 iso8859-5 mac-cyrillic",
        0.83,
        0.04,
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        "аоиетнврсдлмпкзъубгчжщцхяфйшюь",
    ),
    *_european("cp1251 koi8-u", 0.83, 0.04, "оаниівтреслкудмпязьбгйчхцжїшюєщфґ"),
    *_european("cp1253 iso8859-7", 0.81, 0.04, "αοιετνσηρπκμλυςίάόωέδγήθχύφβώξζψϊ"),
    *_european("cp1255", 0.78, 0.04, "יוהלאמתרשבנםדעחקפכגטסןץךצזף"),
    *_european("cp1256", 0.8, 0.04, "المينترةبعدسفكحقجهشأصىطخضذإغزءثؤئظآ،ـًٌٍ"),
    Writing(("cp437",), 0.8, 0.02, _flat((_BOXES, 0.95))),
    Writing(("gb18030",), 0.9, 0.12, _flat((_WIDE, 0.08), (_ZH, 0.65)), "gb2312", (0xB0, 0xD7)),
    Writing(("cp950",), 0.9, 0.12, _flat((_WIDE, 0.08), (_ZT, 0.65)), "big5", (0xA4, 0xC6)),
    Writing(
        ("cp932", "euc_jp"),
        0.92,
        0.12,
        _flat(
            (_HALF_KANA, 0.003),
            (_WIDE, 0.06),
            (_KANA, 0.3),
            (_JA_KANJI, 0.2),
            (_JA_KANA, 0.4),
        ),
        "euc_jp",
        (0xB0, 0xCF),
    ),
    Writing(("cp949",), 0.72, 0.08, _flat((_WIDE, 0.01), (_KO, 0.8)), "euc_kr", (0xB0, 0xC8)),
)
