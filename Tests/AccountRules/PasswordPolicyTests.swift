import AccountRules
import Testing

@Suite("Password policy")
struct PasswordPolicyTests {
    private static let alone = PasswordPolicy(hasSecondFactor: false)
    private static let second = PasswordPolicy(hasSecondFactor: true)
    private static let names = [
        "Ana María López", "ana.lopez@example.com", "Bicicletas Sol", "Parley",
    ]

    @Test(
        "a long password of one's own is taken, of any script and without any digit",
        arguments: [
            "correct horse battery staple", "el perro verde come tornillos", "kz7#Qm2!vRw9pLx",
            "мой дядя самых честных правил", "雨ニモマケズ風ニモマケズ丈夫ナカラダ", "🐙🚲🌵🎺🧀🚀🪁🦔🪴🧩🍋🛶🎈🐌🔧",
            "ana likes turquoise submarines", String(repeating: "correct horse ", count: 5) + "x9?",
        ])
    func taken(_ password: String) {
        #expect(Self.alone.refusal(of: password, names: Self.names) == nil)
    }

    @Test(
        "length is counted in code points after composition, and 8 suffice beside a second factor")
    func lengths() {
        #expect(Self.alone.refusal(of: "kz7#Qm2!vRw9pL", names: []) == .tooShort(least: 15))
        #expect(Self.second.refusal(of: "kz7#Qm2!", names: []) == nil)
        #expect(Self.second.refusal(of: "kz7#Qm2", names: []) == .tooShort(least: 8))
        // Seven letters, one of them written as a letter and an accent.
        #expect(Self.second.refusal(of: "kz7#Qme\u{301}", names: []) == .tooShort(least: 8))
        // One visible character of seven code points is seven.
        #expect(Self.second.refusal(of: "👨‍👩‍👧‍👦", names: []) == .tooShort(least: 8))
        #expect(
            PasswordPolicy(hasSecondFactor: true, tenantLeast: 12).refusal(
                of: "kz7#Qm2!", names: []) == .tooShort(least: 12))
        #expect(PasswordPolicy(hasSecondFactor: false, tenantLeast: 3).shortest == 15)
        #expect(PasswordPolicy(hasSecondFactor: false, tenantLeast: 999).shortest == 64)
    }

    @Test("256 code points are taken whole, 257 are not")
    func longest() {
        let text = String(
            String.UnicodeScalarView((0..<256).compactMap { Unicode.Scalar(0x4E00 + $0 * 7) }))
        #expect(Self.alone.refusal(of: text, names: []) == nil)
        #expect(Self.alone.refusal(of: text + "一", names: []) == .tooLong(most: 256))
        // Eighteen code points come of one.
        let long = String(repeating: "\u{FDFA}", count: 100)
        #expect(Self.alone.refusal(of: long, names: []) == .tooLong(most: 256))
    }

    @Test(
        "what is guessed first is refused, with the reason",
        arguments: [
            ("               ", GuessReason.repeated), ("aaaaaaaaaaaaaaaa", .repeated),
            ("abababababababab", .repeated), ("kz7#Qkz7#Qkz7#Q", .repeated),
            ("1234567890123456", .sequence), ("abcdefghijklmnop", .sequence),
            ("0123456789abcdef", .sequence), ("987654321987654", .sequence),
            ("aaaabbbbccccdddd", .sequence), ("qwertyuiopasdfgh", .keyboard),
            ("asdfghjklñpoiuyt", .keyboard), ("1qaz2wsx3edc4rfv", .keyboard),
            ("passwordpassword", .repeated), ("passwordpassword1", .common),
            ("Password12345!!", .common), ("P@ssw0rdAdmin2026", .common),
            ("iloveyouforever!", .common), ("Contraseña2026!!", .common),
            ("welcomewelcome2026", .common), ("Summer2026Winter", .common),
            ("bicicletas-sol-2026", .name), ("AnaMaríaLópez1985", .name),
            ("b1cicletassol!!!", .name), ("ana.lopez@example.com", .name),
            ("ParleyParley2026!", .name),
        ])
    func guessable(_ password: String, _ reason: GuessReason) {
        #expect(Self.alone.refusal(of: password, names: Self.names) == .guessable(reason))
    }

    @Test(
        "eight characters that are guessed are refused beside a second factor as well",
        arguments: [
            ("password", GuessReason.common), ("12345678", .sequence), ("qwertyui", .keyboard),
            ("p4ssw0rd", .common), ("letmein1", .common), ("hunter22", .common),
            ("lopez123", .name), ("        ", .repeated),
        ])
    func short(_ password: String, _ reason: GuessReason) {
        #expect(Self.second.refusal(of: password, names: Self.names) == .guessable(reason))
    }

    @Test("a password has one form for all ways to type it")
    func normalised() {
        #expect(
            PasswordPolicy.normalised("cafe\u{301} ﬁ ＡＢ") == PasswordPolicy.normalised("café fi AB")
        )
        #expect(PasswordPolicy.normalised("Café") != PasswordPolicy.normalised("café"))
    }

    @Test("each refusal has a word for programs and a sentence for people")
    func words() {
        let refusals: [PasswordPolicy.Refusal] = [
            .tooShort(least: 15), .tooLong(most: 256), .guessable(.common), .guessable(.name),
            .guessable(.keyboard), .guessable(.repeated), .guessable(.sequence),
        ]
        #expect(Set(refusals.map(\.code)).count == 7)
        #expect(Set(refusals.map(\.description)).count == 7)
        #expect(refusals[0].description.contains("15"))
    }
}
