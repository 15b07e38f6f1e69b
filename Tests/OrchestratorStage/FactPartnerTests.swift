import Conversation
import Testing

@testable import OrchestratorStage

/// Facts that stand in a passage, but beside something else than in the answer.
@Suite("Facts and their partners")
struct FactPartnerTests {
    private static let passages = [
        Scene.passage(
            "deposit",
            """
            The deposit is 50 euros for city and children's bicycles, 150 electric, 250 cargo.
            The deposit can be given in cash or on a card.
            """, heading: "Deposit"),
        Scene.passage(
            "price", "Bicycle: Tandem; half day: 24 €; one day: 36 €", heading: "Prices"),
        Scene.passage(
            "range",
            """
            City e-bikes go about 60 to 80 km, trekking models about 110 km.
            The charger is included.
            """, heading: "Range"),
        Scene.passage(
            "course",
            """
            There is a repair course on the first Saturday of the month.
            From April to September the desk is open on Sundays.
            """, heading: "Course"),
        Scene.passage(
            "extras",
            """
            The deposit is 50 euros for city and children's bicycles, 150 euros for electric \
            bicycles and 250 euros for cargo bikes. It costs 5 euros per day for a child seat, \
            and a trailer is 12 euros a day.
            """, heading: "Extras"),
        Scene.passage(
            "es",
            """
            De abril a septiembre la tienda abre los domingos.
            El taller es el primer sábado del mes. El cargador está incluido en el precio.
            """, heading: "Alquiler"),
        Scene.passage(
            "de",
            """
            Von April bis September ist der Laden sonntags geöffnet.
            Der Kurs ist am ersten Samstag im Monat. Das Ladegerät ist im Preis enthalten.
            """, heading: "Verleih"),
        Scene.passage("terms", "Delivery is free within 5 km.", heading: "Terms"),
    ]

    private static let held = """
        The deposit is 250 euros for electric bicycles [1].
        We take a deposit of 50 euros for electric bicycles [1].
        The deposit for a cargo bike is 150 euros [1].
        For cargo bikes we hold 50 euros and for city bicycles 250 euros [1].
        A tandem costs 24 euros for one day [2].
        City e-bikes go about 110 km and the trekking models 60 to 80 km [3].
        The repair course is on the last Saturday [4].
        The repair course is on the first Sunday [4].
        From September to April the desk is open on Sundays [4].
        The charger is excluded [3].
        The charger costs extra [3].
        The deposit cannot be given in cash [1].
        The charger is included [3], you stupid customer.
        The deposit is 250 euros for electric bicycles [5].
        We take a deposit of 50 euros for electric bicycles [5].
        The deposit for a cargo bike is 150 euros [5].
        For cargo bikes we hold 50 euros and for city bicycles 250 euros [5].
        A trailer costs 5 euros a day [5].
        De septiembre a abril la tienda abre los domingos [6].
        El taller es el último sábado del mes [6].
        El precio no incluye el cargador [6].
        Von September bis April ist der Laden sonntags geöffnet [7].
        Der Kurs ist am letzten Samstag im Monat [7].
        Das Ladegerät kostet extra [7].
        Delivery costs extra within 5 km [8].
        """.split(separator: "\n").map(String.init)

    private static let sent = """
        The deposit is 150 euros for electric bicycles [1].
        We take a deposit of 50 euros for city bicycles [1].
        The deposit for a cargo bike is 250 euros [1].
        For cargo bikes the deposit is 250 euros and for city bicycles 50 euros [1].
        A tandem costs 36 euros for one day [2].
        A tandem costs 24 euros for half a day and 36 euros for one day [2].
        City e-bikes go about 60 to 80 km and the trekking models 110 km [3].
        The repair course is on the first Saturday [4].
        From April to September the desk is open on Sundays [4].
        The charger is included [3].
        The deposit can be given in cash [1].
        The charger is included [3], you are welcome!
        De abril a septiembre la tienda abre los domingos [6].
        El taller es el primer sábado del mes [6].
        El precio incluye el cargador [6].
        Von April bis September ist der Laden sonntags geöffnet [7].
        Der Kurs ist am ersten Samstag im Monat [7].
        Das Ladegerät ist im Preis enthalten [7].
        Delivery is free within 5 km [8].
        For electric bicycles the deposit is 150 euros [5].
        The deposit for a cargo bike is 250 euros [5].
        A child seat costs 5 euros a day and a trailer 12 euros [5].
        It is 50 euros for a children's bicycle [5], and 250 euros for a cargo bike [5].
        """.split(separator: "\n").map(String.init)

    @Test("a fact beside another's words is held back", arguments: held)
    func holds(answer: String) {
        let verdict = AnswerCheck.check(answer, question: "?", passages: Self.passages)
        guard case .unsupported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }

    @Test("a fact beside its own words is sent", arguments: sent)
    func sends(answer: String) {
        let verdict = AnswerCheck.check(answer, question: "?", passages: Self.passages)
        guard case .supported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }
}
