from __future__ import annotations

import pytest

from reviewer.workspace.guess import guessed

SENTENCES = {
    "gb18030": ("重试三次之后放弃", "支付金额不能为负数"),
    "cp950": ("取得目前時間的時間戳記", "付款金額不能為負數"),
    "cp932": ("三回再試行してから諦める", "支払額は負の値にできない"),
    "euc_jp": ("三回再試行してから諦める", "支払額は負の値にできない"),
    "cp949": ("세 번 다시 시도한 뒤 포기", "결제 금액은 음수일 수 없다"),
    "cp1251": ("После трёх попыток сдаться", "СУММА НЕ МОЖЕТ БЫТЬ ОТРИЦАТЕЛЬНОЙ"),
    "koi8-r": ("После трёх попыток сдаться", "СУММА НЕ МОЖЕТ БЫТЬ ОТРИЦАТЕЛЬНОЙ"),
    "cp866": ("После трёх попыток сдаться", "Сумма не может быть отрицательной"),
    "iso8859-5": ("После трёх попыток сдаться", "Сумма не может быть отрицательной"),
    "mac-cyrillic": ("После трёх попыток сдаться", "Сумма не может быть отрицательной"),
    "cp1250": ("Usuwa przestarzałe żądania", "Kwota płatności nie może być ujemną"),
    "iso8859-2": ("Usuwa przestarzałe żądania", "Kwota płatności nie może być ujemną"),
    "cp1253": ("Μετά από τρεις προσπάθειες", "Το ποσό δεν μπορεί να είναι αρνητικό"),
    "cp1254": ("Şu anki zamanı alır, yanlışsa", "aşağıdaki değer sıfırdan büyük olmalı"),
    "cp1255": ("מוותר אחרי שלושה ניסיונות", "סכום התשלום אינו יכול להיות שלילי"),
    "cp1256": ("يتوقف بعد ثلاث محاولات", "لا يمكن أن يكون المبلغ سالبا"),
    "cp1252": ("Vérifie que l'opération a réussi", "où le cœur lâche déjà"),
    "mac-roman": ("Vérifie que l'opération a réussi", "où le cœur lâche déjà"),
    "cp437": ("┌──────┬──────┐", "│ a    │ b    │"),
}


def _source(*texts: str) -> str:
    rows = (f'    # {each}\n    raise ValueError("{each}")\n' for each in texts)
    return "def pay(total):\n" + "".join(rows)


@pytest.mark.parametrize("codec", SENTENCES)
def test_sentences_leave_no_doubt(codec: str) -> None:
    assert guessed(_source(*SENTENCES[codec]).encode(codec)) == codec


@pytest.mark.parametrize(
    "text",
    [
        "é",
        "café",
        "ÉCOLE PRIVÉE",
        "größe, müßig, Übergröße",
        "¿Cuántos años? ¡Señor!",
        "não há opções",
        "åäö får även öl",
        "© 2020 Müller",
        "25 °C, ±3 µs, £5, ½ ×",
        "{'á':'a','é':'e','í':'i','ó':'o','ú':'u'}",
        "Olivier Crête, Andrés Lübeck, Søren Åberg",
        "L’été “ici” – là…",
        "// ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ",
        "// ÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿ",
        "// ··················",
        "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    ],
)
def test_western_europe_is_never_taken_for_another_part_of_the_world(text: str) -> None:
    data = _source(text).encode("cp1252")
    assert guessed(data) in (None, "cp1252")
    assert guessed(text.encode("cp1252")) in (None, "cp1252")


def test_two_letters_are_too_few_unless_other_files_say_the_same() -> None:
    data = '    raise ValueError("端口")\n'.encode("gbk")
    assert guessed(data) is None
    assert guessed(data, "gb18030") == "gb18030"


@pytest.mark.parametrize(
    "data", [b"", b"plain = 1\n", bytes(range(128, 256)) * 64, b"\xe9\n" * 999]
)
def test_what_is_no_text_is_in_no_encoding(data: bytes) -> None:
    assert guessed(data) is None


def test_a_look_at_the_beginning_is_enough() -> None:
    line = "# 支付金额不能为负数\n".encode("gbk")
    assert guessed(b"#" * 20_000 + line * 5_000) == "gb18030"
    assert guessed(line.rstrip() * 5_000) == "gb18030"  # cut inside a line
    assert guessed(b"x" + line.rstrip() * 5_000) == "gb18030"


def test_one_capital_tells_which_case_comes_where() -> None:
    assert guessed('    raise ValueError("Ошибка")\n'.encode("koi8-r")) == "koi8-r"
