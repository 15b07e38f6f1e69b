import Conversation

/// What costs a business money if it is said wrongly, and is said with a word in any language:
/// that something is free, or that there is a discount.
enum Promises {
    /// The promise that an answer makes and its passages do not, in English.
    static func broken(_ text: String, _ evidence: AnswerEvidence) -> String? {
        let source = evidence.units.map(\.text).joined(separator: "\n")
        for (name, promise) in all
        where promise.isMade(in: text) && !promise.isMade(in: source)
            && !promise.words.contains(where: { evidence.vocabulary.holds($0) })
        {
            return name
        }
        return nil
    }

    private struct Promise {
        /// Folded words.
        var words: Set<String>
        /// Folded parts of words, of scripts without spaces and of words in two parts.
        var parts: [String]

        func isMade(in text: String) -> Bool {
            let folded = TextFolding.fold(text)
            if parts.contains(where: { folded.contains($0) }) { return true }
            let found = Words.of(text)
            return found.indices.contains { index in
                guard words.contains(found[index]) else { return false }
                // "Feel free to write", "gluten free".
                guard found[index] == "free" else { return true }
                let before = index > 0 ? found[index - 1] : ""
                return !["feel", "gluten", "sugar", "lactose", "step", "barrier", "lead", "hands"]
                    .contains(before)
            }
        }
    }

    private static func folded(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })
    }

    private static let all: [(String, Promise)] = [
        (
            "free",
            Promise(
                words: folded(
                    """
                    free complimentary gratis gratuito gratuita gratuitos gratuitas regalo
                    regalos regalamos regala regalan obsequio gratuitamente gratuit gratuite
                    gratuits gratuites gratuitement offert offerte offerts offertes cadeau
                    kostenlos kostenlose kostenloser kostenlosen kostenfrei umsonst geschenk
                    geschenkt gratuiti omaggio regaliamo kosteloos darmowy darmowe darmowa
                    bezpłatny bezpłatne bezpłatna bezpłatnie prezent бесплатно бесплатный
                    бесплатная бесплатные бесплатное даром подарок дарим безкоштовно
                    безкоштовний безкоштовна безкоштовні подарунок ücretsiz bedava hediye مجاني
                    مجانا مجانية هدية मुफ्त मुफ़्त निःशुल्क निशुल्क फ्री hadiah tặng kostnadsfri
                    kostnadsfritt kostnadsfria cadou δωρεάν חינם
                    """),
                parts: ["免费", "免費", "赠送", "無料", "무료", "ฟรี", "mien phi", "cuma-cuma"])
        ),
        (
            "reduced",
            Promise(
                words: folded(
                    """
                    discount discounts descuento descuentos rebaja desconto descontos remise
                    réduction rabais rabatt ermäßigung nachlass sconto sconti korting rabat
                    zniżka скидка скидки скидку знижка знижки знижку indirim خصم تخفيض छूट
                    diskon rabatter reducere έκπτωση הנחה
                    """),
                parts: ["折扣", "优惠", "割引", "할인", "ส่วนลด", "giam gia"])
        ),
    ]
}

/// Words of sentences that only are polite: nothing has to prove them.
enum Politeness {
    /// The folded words.
    static let words: Set<String> = Set(
        """
        happy glad help look looking forward seeing see welcome visit soon anything else
        questions question feel ask asking hope nice great day further sorry sure course yes no
        gerne gern freuen freue ihren besuch fragen weitere weiteren melden helfen schönen tag
        encantados encantado ayudar ayudarte ayudarle duda dudas pregunta preguntas escríbenos
        escríbanos esperamos verte verle pronto saludo saludos plaisir aider n'hésitez hésitez
        bientôt heureux dúvida dúvidas ajudar estamos disposição visita piacere aiutare domande
        presto graag helpen vragen let
        """.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })
}
