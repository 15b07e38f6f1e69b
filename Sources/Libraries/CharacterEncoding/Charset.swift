/// A character encoding by the name that glibc's iconv knows it by.
package struct Charset: Hashable, Sendable, CustomStringConvertible {
    /// iconv's name, such as `CP1251`.
    package let name: String

    /// Takes iconv's name.
    package init(_ name: String) { self.name = name }

    /// The name.
    package var description: String { name }

    /// The charset that pages, mails and detectors mean by a label, as browsers read it: the
    /// superset that Windows writes where a label's own table is smaller (WHATWG Encoding, 4.2).
    ///
    /// `nil` for labels that nobody writes documents in any more.
    package init?(label: String) {
        let label = label.lowercased().filter { $0.isLetter || $0.isNumber }
        guard let name = Self.labelled[label] else { return nil }
        self.init(name)
    }

    private static let labelled: [String: String] = {
        let labels = [
            "UTF-8": "utf8 unicode11utf8", "UTF-16LE": "utf16 utf16le unicode ucs2",
            "UTF-16BE": "utf16be", "UTF-32LE": "utf32 utf32le", "UTF-32BE": "utf32be",
            "CP1252": "windows1252 cp1252 iso88591 latin1 l1 ascii usascii iso885914",
            "CP1250": "windows1250 cp1250", "CP1251": "windows1251 cp1251",
            "CP1253": "windows1253 cp1253", "CP1254": "windows1254 cp1254 iso88599 latin5 l5",
            "CP1255": "windows1255 cp1255", "CP1256": "windows1256 cp1256",
            "CP1257": "windows1257 cp1257", "CP1258": "windows1258 cp1258",
            "CP874": "windows874 cp874 iso885911 tis620",
            "ISO-8859-2": "iso88592 latin2 l2", "ISO-8859-5": "iso88595 cyrillic",
            "ISO-8859-6": "iso88596 arabic", "ISO-8859-7": "iso88597 greek",
            "ISO-8859-8": "iso88598 iso88598i iso88598e hebrew logical visual",
            "ISO-8859-13": "iso885913", "ISO-8859-15": "iso885915 latin9 l9",
            "ISO-8859-16": "iso885916", "KOI8-U": "koi8u koi8r koi8ru koi8 koi",
            "CP866": "ibm866 cp866 866", "CP850": "ibm850 cp850", "CP852": "ibm852 cp852",
            "CP437": "ibm437 cp437", "MACINTOSH": "macintosh mac xmacroman macroman",
            "MAC-CYRILLIC": "maccyrillic xmaccyrillic",
            "CP932": "shiftjis sjis xsjis windows31j mskanji cp932 ms932 csshiftjis",
            "EUC-JP-MS": "eucjp xeucjp cseucpkdfmtjapanese", "ISO-2022-JP": "iso2022jp csiso2022jp",
            "GB18030": "gb18030 gbk gb2312 xgbk chinese csgb2312 cp936 hzgb2312 euccn",
            "BIG5-HKSCS": "big5 big5hkscs cnbig5 csbig5 xxbig5 cp950",
            "UHC": "euckr ksc56011987 ksc5601 korean uhc cp949 windows949 cseuckr",
        ]
        var named: [String: String] = [:]
        for (name, words) in labels {
            for word in words.split(separator: " ") { named[String(word)] = name }
        }
        return named
    }()
}
