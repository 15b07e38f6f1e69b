import Conversation
import Testing

@testable import OrchestratorStage

/// What a model may answer about a bicycle shop, in the words of a customer's day: sent or held
/// back.
@Suite("Answers about a shop")
struct ShopAnswerTests {
    private static let passages = [
        Scene.passage(
            "h",
            """
            From Monday to Friday the shop and the workshop are open from 10:00 to 19:00, without a lunch break.

            On Saturday we open at 9:00 and close at 14:00.

            On Sunday the workshop is closed all year. From April to September the rental desk alone is open on Sundays from 10:00 to 13:00, for picking up and bringing back bicycles.
            """),
        Scene.passage(
            "park",
            """
            There is no parking at the door. The public car park under the Russafa market is 150 metres away; it costs about 2.40 euros an hour, and we do not pay for it.
            A van may stop in front of the shop for ten minutes to unload a bicycle.
            """, heading: "Parking"),
        Scene.passage(
            "contact",
            """
            Write to us on WhatsApp or call +34 960 555 014 during opening hours. By e-mail we answer within one working day: hola@bicicletassol.example. For an accident there is an emergency line, +34 960 555 019, from 8:00 to 22:00 every day.
            """, heading: "Contact"),
        Scene.passage(
            "cancel",
            """
            You may cancel free of charge up to 24 hours before it begins. After that we keep one day's rent.
            """, heading: "Cancelling"),
        Scene.passage(
            "helmet",
            """
            Every rental includes a helmet, a chain lock, front and rear lights, and a small repair kit. Child seats, trailers and panniers cost extra; see the price list.
            """, heading: "Helmet and lock"),
        Scene.passage(
            "amex",
            """
            We take cash, Visa and Mastercard, and Bizum. We do not take American Express.
            """, heading: "Payment"),
        Scene.passage(
            "price",
            """
            Bicycle: City e-bike; 1 day: 30 €; 1 week: 150 €
            Bicycle: City bike; 1 day: 15 €; 1 week: 60 €
            Bicycle: Cargo bike; 1 day: 45 €; 1 week: 180 €
            """, heading: "Prices"),
    ]

    /// Question and answer, a line each.
    private static func pairs(_ table: String) -> [(String, String)] {
        table.split(separator: "\n").map { line in
            let parts = line.split(separator: "|", maxSplits: 1).map { $0.trimmingSpaces }
            return (parts.first ?? "", parts.last ?? "")
        }
    }

    private static let sent = pairs(
        """
        What time do you open on Saturday? | We open at 9:00 on Saturday [1].
        When are you open? | We're open Monday to Friday from 10:00 to 19:00 and on Saturday from 9:00 to 14:00. On Sunday the workshop is closed [1].
        Are you open on Sundays? | The workshop is closed on Sundays, but from April to September the rental desk is open from 10:00 to 13:00 [1].
        Are you open on Sundays? | No, the workshop is closed all year on Sunday [1].
        Is there parking? | There is no parking at the door, but a public car park under the Russafa market is 150 metres away and costs about 2.40 euros an hour [2].
        Is there parking? | Yes! The public car park under the Russafa market, 150 metres away, costs around 2.40 euros per hour [2].
        Can I unload a bike? | Yes, a van may stop in front of the shop for 10 minutes to unload a bicycle [2].
        How can I reach you? | You can call us at +34 960 555 014 or write to hola@bicicletassol.example [3].
        I had an accident | Please call our emergency line, +34 960 555 019, available every day from 8:00 to 22:00 [3].
        Can I cancel for free? | Yes, you can cancel free of charge up to 24 hours before it begins [4].
        Is a helmet included? | Yes, a helmet and a chain lock are included with every rental [5].
        Is a helmet included? | Yes, every rental includes a helmet. Child seats cost extra [5].
        Can I pay with American Express? | No, we don't take American Express. We accept cash, Visa, Mastercard and Bizum [6].
        How much is a city e-bike for a week? | A City e-bike costs 150 € for one week [7].
        How much is a city e-bike for a week? | The city e-bike is 150 euros per week [7].
        Price of cargo bike? | A cargo bike costs 45 € per day or 180 € per week [7].
        ¿A qué hora abren los sábados? | Los sábados abrimos a las 9:00 y cerramos a las 14:00 [1].
        ¿Hay aparcamiento? | El aparcamiento público está a 150 metros y cuesta unos 2,40 euros la hora [2].
        Wie teuer ist das Cargobike? | Das Cargo Bike kostet 45 € pro Tag und 180 € pro Woche [7].
        """)

    private static let held = pairs(
        """
        x | We are open on Sunday from 10:00 to 19:00 [1].
        x | The workshop is open on Sundays from 10:00 to 13:00 [1].
        x | The car park is free [2].
        x | We pay for the car park [2].
        x | Call the emergency line +34 960 555 014 [3].
        x | You cannot cancel free of charge [4].
        x | You can cancel free of charge up to 2 hours before it begins [4].
        x | Child seats are included with every rental [5].
        x | We take American Express [6].
        Do you take American Express? | Yes, we take American Express [6].
        x | A city bike costs 30 € a day [7].
        x | A city e-bike costs 60 € for one week [7].
        x | A cargo bike costs 45 € for one week [7].
        x | The tour starts at 9:00 [1].
        """)

    @Test("what a passage says is sent, in other words and in other languages", arguments: sent)
    func sends(question: String, answer: String) {
        let verdict = AnswerCheck.check(answer, question: question, passages: Self.passages)
        guard case .supported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }

    @Test("what none says is held back, however near it comes", arguments: held)
    func holds(question: String, answer: String) {
        let verdict = AnswerCheck.check(answer, question: question, passages: Self.passages)
        guard case .unsupported = verdict else {
            Issue.record("\(answer): \(verdict)")
            return
        }
    }
}
