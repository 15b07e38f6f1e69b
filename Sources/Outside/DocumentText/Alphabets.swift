/// Letters of alphabets that one byte holds, by how common they are.
enum Alphabets {
    /// The commonest of Russian and its neighbours.
    static let commonCyrillic = Set("оеаинтсрвлкмдпуОЕАИНТСРВЛКМДПУ".unicodeScalars)
    /// The others of Russian, Ukrainian and Belarusian.
    static let otherCyrillic = Set(
        "яыьгзбчйхжшюцщэфъёіїєґўЯЫЬГЗБЧЙХЖШЮЦЩЭФЪЁІЇЄҐЎ".unicodeScalars)
    /// Those of Persian that Arabic has not.
    static let persian = Set("پچژگکی".unicodeScalars)
    /// Those of Thai that are not only in words from Sanskrit.
    static let commonThai = Set(
        "กขคงจชซดตถทนบปผพฟมยรลวศสหอะาำิีึืุูเแโใไ่้็์ัๆฉธณ".unicodeScalars)
}

/// Latin letters beyond ASCII.
enum LatinLetters {
    /// Those of one language each, or of several that share them.
    static let languages: [Set<Unicode.Scalar>] = [
        "àâæçéèêëîïôœùûüÿ", "äöüßé", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìíòóùú", "åäöæøéü",
        "áðéíóúýþæö", "áčďéěíľĺňóôřŕšťúůýžä", "ąćęłńóśźż", "áéíóöőúüű", "čćđšž", "ăâîșțşţ",
        "çğıöşüâî", "ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž", "àçéèíïóòúü", "ëçê",
        "ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ",
    ].map { Set(($0 + $0.uppercased() + ($0.contains("ğ") ? "İ" : "")).unicodeScalars) }
    /// Those of any of them.
    static let all = languages.reduce(into: Set<Unicode.Scalar>()) { $0.formUnion($1) }
}

/// Signs beyond ASCII, by where they stand.
enum Signs {
    static let opening = Set("“„«‚¿¡".unicodeScalars)
    static let closing = Set("”»".unicodeScalars)
    static let apostrophes = Set("‘’".unicodeScalars)
    static let spaces = Set("\u{A0}\u{AD}\u{2009}\u{202F}\u{3000}".unicodeScalars)
    /// Dashes, bullets, units and marks, which stand beside words and numbers.
    static let common = Set("–—…•€£№™®©§²³½¼¾→×·".unicodeScalars)
    /// Zero-width joiners and marks of direction.
    static let joiners = Set("\u{200C}\u{200D}\u{200E}\u{200F}".unicodeScalars)
    static let eastAsian = Set(
        "、。「」『』（）：，！？・ー〜～《》【】；％￥＋－＝／\u{3000}〒＠＆々〇〆".unicodeScalars)
}
