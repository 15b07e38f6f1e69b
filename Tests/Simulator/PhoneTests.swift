import HTTPClient
import Testing

@testable import Simulator

@Suite("The simulated business's phone")
struct PhoneTests {
    @Test("tells of what is written there, by webhooks of its own field")
    func written() async throws {
        try await Lab.run { lab in
            let written = try await lab.control(
                "echoes", #"{"business":"sol","to":"+34 600 111 222","text":"I answer"}"#)
            let wamid = try #require(written.string("wamid"))
            try await lab.until("the echo comes") { try lab.updates("message_echoes").count == 1 }
            let echo = try #require(try lab.updates("message_echoes").first)
            #expect(echo.string("id") == wamid && echo.string("to") == "34600111222")
            #expect(echo["text"]?.string("body") == "I answer")
            let areSigned = lab.webhooks.allSatisfy(\.isSigned)
            #expect(areSigned)
            // It opens no window.
            let answer = try await lab.graph(
                "\(lab.number)/messages",
                """
                {"messaging_product":"whatsapp","to":"+34600111222","type":"text",
                "text":{"body":"hi"}}
                """)
            #expect(answer.body.code == 131_047)
        }
    }

    @Test("tells, on request, of what the API sent as if it had written that")
    func own() async throws {
        try await Lab.run { lab in
            try await lab.customer("Hello")
            _ = try await lab.control("faults", #"{"kind":"echo"}"#)
            let answer = try await lab.graph(
                "\(lab.number)/messages",
                """
                {"messaging_product":"whatsapp","to":"+34600111222","type":"text",
                "text":{"body":"From here"}}
                """)
            #expect(answer.status == 200)
            let wamid = answer.body.list("messages").first?.string("id")
            try await lab.until("the echo comes") { try lab.updates("message_echoes").count == 1 }
            let echo = try #require(try lab.updates("message_echoes").first)
            #expect(echo.string("id") == wamid && wamid != nil)
            #expect(echo["text"]?.string("body") == "From here")
        }
    }
}
