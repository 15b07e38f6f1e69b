import Conversation
import HTTPClient
import JSON
import Testing
import WhatsAppCloudAPI

@Suite("Numbers, subscriptions and templates of an account, at the simulated WhatsApp")
struct AccountTests {
    private func access(_ pipe: Pipe, token: String = "token") -> GraphAccess {
        GraphAccess(
            baseURL: "http://127.0.0.1:\(pipe.port)", version: "v26.0", number: "n1",
            token: token)
    }

    @Test("the number says who it is, and a wrong token or number is refused with its code")
    func number() async throws {
        try await Pipe.run { pipe in
            let endpoint = AccountEndpoint(over: pipe.http)
            let facts = try await endpoint.number(through: access(pipe))
            #expect(facts.name == "sol")
            #expect(facts.display?.hasPrefix("+") == true)
            await #expect(throws: CloudAPIError.self) {
                _ = try await endpoint.number(through: access(pipe, token: "old"))
            }
            do throws(CloudAPIError) {
                _ = try await endpoint.number(through: access(pipe, token: "old"))
            } catch {
                guard case .graph(let graph) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(graph.code == 190)
            }
        }
    }

    @Test("all templates are listed, over as many pages as there are, of this account alone")
    func templates() async throws {
        try await Pipe.run { pipe in
            try await pipe.control(
                "businesses", #"{"name":"sol","number_id":"n1","account_id":"42"}"#)
            try await pipe.control("businesses", #"{"name":"luna","number_id":"n2"}"#)
            for number in 0..<120 {
                try await pipe.control(
                    "templates",
                    #"{"business":"sol","name":"t\#(number)","language":"es","body":"Hola {{1}}"}"#)
            }
            let endpoint = AccountEndpoint(over: pipe.http)
            let all = try await endpoint.templates(account: "42", through: access(pipe))
            let now = Timestamp(seconds: 1)
            let read = all.compactMap { MessageTemplate($0, of: "sol", at: now) }
            // Each account begins with Meta's sample.
            #expect(read.count == 121)
            #expect(Set(read.map(\.name)).isSuperset(of: ["t0", "t119", "hello_world"]))
            #expect(try await endpoint.isSubscribed(account: "42", through: access(pipe)))
            await #expect(throws: CloudAPIError.self) {
                _ = try await endpoint.templates(account: "43", through: access(pipe))
            }
            await #expect(throws: CloudAPIError.invalidID("../me")) {
                _ = try await endpoint.templates(account: "../me", through: access(pipe))
            }
        }
    }
}
