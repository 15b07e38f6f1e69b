import PassageIndex
import Testing

@Suite struct SearchTokensTests {
    @Test(
        "spellings that people vary give the same tokens",
        arguments: [
            ("Öffnungszeiten", "offnungszeiten"), ("CAFÉ", "cafe"), ("Straße", "strasse"),
            ("ﬁn", "fin"), ("ＡＢＣ１２", "abc12"), ("Ёлка", "елка"), ("Ώρα", "ωρα"),
            ("مُحَمَّد", "محمد"), ("کتاب", "كتاب"), ("٩", "9"), ("क़लम", "कलम"), ("९", "9"),
            ("ｶﾞｿﾘﾝ", "ガソリン"), ("İstanbul", "istanbul"), ("ĐÀ NẴNG", "da nang"),
        ])
    func folding(_ written: String, _ plain: String) {
        #expect(SearchTokens.tokens(of: written) == SearchTokens.tokens(of: plain))
    }

    @Test("a word gives itself and its pieces of four letters, its ends marked")
    func pieces() {
        #expect(SearchTokens.tokens(of: "to") == ["to"])
        #expect(SearchTokens.tokens(of: "the") == ["the", "~_the", "~the_"])
        #expect(SearchTokens.tokens(of: "open") == ["open", "~_ope", "~open", "~pen_"])
        #expect(SearchTokens.tokens(of: "ключ") == ["ключ", "~_клю", "~ключ", "~люч_"])
    }

    @Test(
        "inflected, compound and misspelt forms share pieces",
        arguments: [
            ("bicycles", "bicycle"), ("Öffnungszeiten", "öffnen"), ("bycicle", "bicycle"),
            ("Ladenschluss", "Geschäftsschluss"), ("книги", "книга"), ("مكتبات", "مكتبة"),
        ])
    func shared(_ one: String, _ other: String) {
        #expect(
            !Set(SearchTokens.tokens(of: one)).isDisjoint(with: SearchTokens.tokens(of: other)))
    }

    @Test("a word of any length gives few tokens")
    func long() {
        #expect(SearchTokens.tokens(of: String(repeating: "x", count: 9_000)).count < 100)
        #expect(SearchTokens.tokens(of: String(repeating: "ж", count: 9_000)).count < 100)
    }

    @Test("vowel signs of Indic scripts stay in the word")
    func indic() {
        #expect(SearchTokens.tokens(of: "दिन की") == ["दिन", "की"])
        // A vowel sign makes no letter of its own: this one has three.
        #expect(SearchTokens.tokens(of: "किताब").filter { $0.hasPrefix("~") }.count == 2)
        #expect(SearchTokens.tokens(of: "की") != SearchTokens.tokens(of: "का"))
    }

    @Test("scripts without spaces give overlapping pairs, Han characters also alone")
    func pairs() {
        #expect(SearchTokens.tokens(of: "星期六") == ["星", "星期", "期", "期六", "六"])
        #expect(SearchTokens.tokens(of: "カタナ") == ["カタ", "タナ"])
        #expect(SearchTokens.tokens(of: "กำหนด").allSatisfy { $0.count == 2 })
        #expect(SearchTokens.tokens(of: "周6日open").contains("open"))
    }

    @Test("the Arabic article and Korean particles do not hide a word")
    func clinging() {
        let article = Set(SearchTokens.tokens(of: "الدراجة"))
        #expect(!article.isDisjoint(with: SearchTokens.tokens(of: "دراجة")))
        let particle = Set(SearchTokens.tokens(of: "토요일에는"))
        #expect(!particle.isDisjoint(with: SearchTokens.tokens(of: "토요일")))
    }

    @Test(
        "no token can break the query language",
        arguments: ["\"a\" OR b*", "x\u{0}y", "(NEAR)", "a\"; DROP TABLE", "‹open", "^a:b", "👩‍🔧🚲"])
    func harmless(_ text: String) {
        for token in SearchTokens.tokens(of: text) {
            #expect(!token.isEmpty)
            #expect(!token.contains { " \"*():^\u{0}".contains($0) })
        }
    }
}
