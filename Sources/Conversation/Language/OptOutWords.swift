/// Words by which customers say that they want no more messages of their own accord, or want them
/// again: what WhatsApp's own buttons and the usual keywords of each language say.
///
/// Only a message that is nothing else counts: "stop the order" is no opt-out.
package enum OptOutWords {
    /// What a message wishes.
    package enum Wish: String, Hashable, Sendable, Codable {
        /// No more messages of the business's own accord.
        case stop
        /// Such messages again.
        case resume
    }

    private static let stopping: Set<String> = [
        "stop", "stopall", "unsubscribe", "opt out", "optout", "stop promotions",
        "baja", "darse de baja", "dar de baja", "no más mensajes", "detener promociones",
        "stopp", "abmelden", "abbestellen", "arrêt", "arret", "désabonner", "sair", "parar",
        "cancelar inscrição", "annulla iscrizione", "disiscrivimi", "afmelden", "wypisz",
        "отписаться",
        "стоп", "iptal", "إلغاء الاشتراك", "退订", "配信停止",
    ]
    private static let resuming: Set<String> = [
        "start", "unstop", "subscribe", "opt in", "optin", "alta", "darse de alta",
        "reanudar promociones", "anmelden", "réabonner", "voltar", "iscrivimi", "aanmelden",
        "подписаться", "配信再開",
    ]

    /// What a message wishes: its text, or the words of a button that was tapped.
    package static func wish(of content: MessageContent) -> Wish? {
        switch content {
        case .text(let text): wish(of: text)
        case .button(let title, _): wish(of: title)
        default: nil
        }
    }

    /// What a text wishes, if it says that and nothing else.
    package static func wish(of text: String) -> Wish? {
        // Longer than any of them: most messages are, and are asked about in more than one place.
        guard text.utf8.count <= 64, letters(of: text) <= mostLetters else { return nil }
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
            .joined(separator: " ")
        if stopping.contains(words) { return .stop }
        return resuming.contains(words) ? .resume : nil
    }

    /// How many letters and digits of ASCII one of them has at most.
    private static let mostLetters = stopping.union(resuming).reduce(0) { max($0, letters(of: $1)) }

    private static func letters(of text: String) -> Int {
        text.utf8.count { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: false
            }
        }
    }
}
