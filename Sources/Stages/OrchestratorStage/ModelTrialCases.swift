import Conversation

/// The cases of a trial: a small shop in three languages, each question beside the passages that a
/// search by words finds; of a quarter nothing answers.
extension ModelTrial {
    private static let shop = [
        (
            "Opening hours",
            "From Monday to Friday the shop is open from 10:00 to 19:00. On Saturday we open at "
                + "9:00 and close at 14:00. On Sunday we are closed."
        ),
        (
            "Rental",
            "A city bike costs 15 euros a day. A cargo bike costs 45 euros a day. The deposit is "
                + "250 euros."
        ),
        (
            "Warranty",
            "The warranty on a frame lasts five years. The warranty on a battery lasts two years."
        ),
        (
            "Returns",
            "You can return a bicycle within 30 days with its receipt. Helmets cannot be returned "
                + "once worn."
        ),
    ]
    private static let tienda = [
        (
            "Horario",
            "De lunes a viernes la tienda abre de 10:00 a 19:00. El sábado abrimos a las 9:00 y "
                + "cerramos a las 14:00. El domingo estamos cerrados."
        ),
        (
            "Envío",
            "El envío de un pedido tarda de tres a cinco días laborables y cuesta 12 euros."
        ),
        (
            "Alquiler",
            "Una bicicleta de paseo cuesta 15 euros al día. Una bicicleta de carga cuesta 45 "
                + "euros al día."
        ),
    ]
    private static let laden = [
        (
            "Öffnungszeiten",
            "Von Montag bis Freitag ist der Laden von 10:00 bis 19:00 Uhr geöffnet. Am Samstag "
                + "öffnen wir um 9:00 Uhr und schließen um 14:00 Uhr."
        ),
        (
            "Werkstatt",
            "Eine Reparatur dauert zwei Tage. Ein Platten wird für 8 Euro geflickt, während Sie "
                + "warten."
        ),
        ("Garantie", "Die Garantie auf den Rahmen beträgt fünf Jahre, auf den Akku zwei Jahre."),
    ]

    static let cases: [Case] = [
        item("When do you open on Saturday?", shop, ["9:00"]),
        item("How much does a cargo bike cost a day?", shop, ["45"]),
        item("How long is the warranty on a battery?", shop, ["two years", "2 years"]),
        item("How many days do I have to return a bicycle?", shop, ["30"]),
        item("How much is the deposit for a rental?", shop, ["250"]),
        item("Do you teach people to swim?", shop, []),
        item("¿A qué hora abre la tienda el sábado?", tienda, ["9:00"]),
        item("¿Cuánto cuesta el envío de un pedido?", tienda, ["12"]),
        item("¿Venden ustedes pianos de cola?", tienda, []),
        item("Wann öffnet der Laden am Samstag?", laden, ["9:00"]),
        item("Wie lange dauert eine Reparatur?", laden, ["zwei Tage", "2 Tage"]),
        item("Verkaufen Sie auch Flugtickets?", laden, []),
    ]

    private static func item(
        _ question: String, _ texts: [(String, String)], _ answers: [String]
    ) -> Case {
        let vocabularies = texts.map { Vocabulary(of: "\($0.0) \($0.1)") }
        let overlap = WordOverlap(question: question, among: vocabularies)
        var passages: [RankedPassage] = []
        for (number, (heading, text)) in texts.enumerated() {
            passages.append(
                RankedPassage(
                    id: PassageID("trial/\(number)"), document: "trial",
                    documentName: "shop.md", headings: [heading], page: nil, sheet: nil,
                    text: text, contentHash: NameHash.hex(text), score: 1, similarity: nil,
                    overlap: overlap.share(in: vocabularies[number])))
        }
        let ranked = passages.sorted { ($0.overlap ?? 0) > ($1.overlap ?? 0) }
        return Case(question: question, passages: ranked, answers: answers)
    }
}
