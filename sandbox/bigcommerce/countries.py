"""Country names and value-added tax rates of the demo's countries, by ISO 3166 code."""

COUNTRIES: dict[str, tuple[str, str]] = {
    "AE": ("United Arab Emirates", "5"), "AT": ("Austria", "20"), "AU": ("Australia", "10"), "BE": ("Belgium", "21"),
    "BR": ("Brazil", "0"), "CA": ("Canada", "0"), "CH": ("Switzerland", "8.1"), "CN": ("China", "0"),
    "CZ": ("Czechia", "21"), "DE": ("Germany", "19"), "DK": ("Denmark", "25"), "EG": ("Egypt", "0"),
    "ES": ("Spain", "21"), "FI": ("Finland", "25.5"), "FR": ("France", "20"), "GB": ("United Kingdom", "20"),
    "GR": ("Greece", "24"), "HU": ("Hungary", "27"), "IE": ("Ireland", "23"), "IL": ("Israel", "0"),
    "IN": ("India", "0"), "IT": ("Italy", "22"), "JP": ("Japan", "0"), "KR": ("South Korea", "0"),
    "LU": ("Luxembourg", "17"), "MX": ("Mexico", "0"), "NG": ("Nigeria", "0"), "NL": ("Netherlands", "21"),
    "NO": ("Norway", "25"), "NZ": ("New Zealand", "0"), "PL": ("Poland", "23"), "PT": ("Portugal", "23"),
    "RO": ("Romania", "21"), "RU": ("Russia", "0"), "SA": ("Saudi Arabia", "0"), "SE": ("Sweden", "25"),
    "SG": ("Singapore", "0"), "TR": ("Turkey", "0"), "TW": ("Taiwan", "0"), "UA": ("Ukraine", "0"),
    "US": ("United States", "0"), "ZA": ("South Africa", "0"),
}  # fmt: skip


def country(code: str) -> str:
    """The English name; empty for a code that is not known here."""
    return COUNTRIES.get(code.upper(), ("", "0"))[0]


def vat(code: str) -> str:
    """The standard rate in percent, zero outside the tax zone."""
    return COUNTRIES.get(code.upper(), ("", "0"))[1]
