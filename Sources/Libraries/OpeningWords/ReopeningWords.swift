/// Says to a customer who may be written to only by a message of a fixed form once the business
/// opens, that this one comes, and that they go on by answering it.
package enum ReopeningWords {
    private static let words = [
        "en":
            "We may send you a short message first then: just answer it, and we go on from there.",
        "es":
            "Puede que entonces te enviemos primero un mensaje breve: respóndelo y seguimos.",
        "ca":
            "Potser llavors t'enviarem primer un missatge breu: respon-lo i continuem des d'allà.",
        "pt":
            "Pode ser que então enviemos primeiro uma mensagem breve: basta responder.",
        "fr":
            "Nous vous enverrons peut-être d'abord un court message : il suffira d'y répondre.",
        "it": "Forse allora le invieremo prima un breve messaggio: risponda e continueremo da lì.",
        "de":
            "Vielleicht senden wir Ihnen dann zuerst eine kurze Nachricht: Antworten Sie darauf.",
        "nl": "Misschien sturen we u dan eerst een kort bericht: beantwoord het en we gaan verder.",
    ]

    /// The words in a language, a BCP 47 code of which the first part counts; `nil` where there are
    /// none in it: two languages in one message are worse than one sentence less.
    package static func words(in language: String?) -> String? {
        let code = language?.split(separator: "-").first.map(String.init) ?? OpeningWords.fallback
        return words[code]
    }
}
