"""The currencies there are, so that a slip of the pen is told instead of becoming a currency of its own."""

from __future__ import annotations

__all__ = ["known_currency"]

#: Source: ISO 4217 list one (current currencies and funds), without metals and testing codes.
_CURRENT = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK
LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR
PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XDR XOF
XPF YER ZAR ZMW ZWG
"""
#: Replaced since 2007; old agreements and rates may be written in them. Source: ISO 4217 list three.
_REPLACED = "CYP EEK HRK LTL LVL MTL SIT SKK SLL ZWL"
_KNOWN = frozenset((_CURRENT + _REPLACED).split())


def known_currency(code: str) -> str:
    """The code itself. Raises `ValueError`, as pydantic wants it, for what is no currency."""
    if code not in _KNOWN:
        raise ValueError("is no currency of ISO 4217")
    return code
