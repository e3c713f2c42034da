"""The country that a source writes about first, where its address tells."""

_BY_SUFFIX = {
    ".sy": "SY", ".iq": "IQ", ".lb": "LB", ".jo": "JO", ".ps": "PS", ".ye": "YE", ".eg": "EG", ".ly": "LY",
    ".sd": "SD", ".tn": "TN", ".dz": "DZ", ".ma": "MA", ".sa": "SA", ".tr": "TR", ".ir": "IR",
}  # fmt: skip
_BY_WORD = {
    "syria": "SY", "sana.": "SY", "syr": "SY", "halab": "SY", "aleppo": "SY", "deirezzor": "SY", "raqqa": "SY",
    "rojava": "SY", "hawar": "SY", "anha": "SY", "ronahi": "SY", "enab": "SY", "euphrates": "SY", "furat": "SY",
    "yemen": "YE", "iraq": "IQ", "shafaq": "IQ", "alsumaria": "IQ", "libya": "LY", "wafa.": "PS", "maannews": "PS",
    "palest": "PS", "gaza": "PS", "lebanon": "LB", "sudan": "SD", "egypt": "EG", "jordan": "JO",
}  # fmt: skip


def country_of_source(source: str) -> str:
    """ISO code, or the empty string where the address tells nothing."""
    host = source.lower().removeprefix("https://").removeprefix("http://").split("/")[0]
    for suffix, country in _BY_SUFFIX.items():
        if host.endswith(suffix):
            return country
    return next((country for word, country in _BY_WORD.items() if word in host), "")
