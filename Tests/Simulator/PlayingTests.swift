import FoundationEssentials
import HTTPClient
import JSON
import Testing

@testable import Simulator

@Suite("What a phone that plays a customer shows")
struct PlayingTests {
    private static let chat = "chats/sol/34600111222"

    @Test("is the chat with ticks, what comes as it comes, and the list of customers")
    func thread() async throws {
        try await Lab.run { lab in
            let wamid = try #require(try await lab.customer("Hello").string("wamid"))
            try await lab.until("the webhook") { try lab.updates("messages").count == 1 }
            let first = try await lab.control(Self.chat)
            let own = try #require(first.list("entries").first)
            #expect(own.string("wamid") == wamid && own.string("text") == "Hello")
            #expect(own.bool("is_own") == true && own.string("type") == "text")
            let revision = try #require(first.int("revision"))
            async let next = lab.control("\(Self.chat)?revision=\(revision)&wait=30")
            try await Task.sleep(for: .milliseconds(20))
            _ = try await lab.text("Hi there")
            let changed = try await next
            #expect(try #require(changed.int("revision")) != revision)
            try await lab.until("it was read") {
                try await lab.control(Self.chat).list("entries").last?.texts("statuses")
                    == ["sent", "delivered", "read"]
            }
            let all = try await lab.control(Self.chat).list("entries")
            #expect(all.map { $0.string("text") } == ["Hello", "Hi there"])
            #expect(all.map { $0.bool("is_own") } == [true, false])
            let chats = try await lab.control("chats/sol").list("chats")
            #expect(chats.map { $0.string("phone") } == ["34600111222"])
            #expect(chats.first?.string("last") == "Hi there")
        }
    }

    @Test("faults are listed with what is left of them, and one is switched off alone")
    func faults() async throws {
        try await Lab.run { lab in
            try await lab.fault("throttle", count: 3)
            try await lab.fault("no_status", count: 1)
            func isOn() async throws -> [String] {
                try await lab.control("faults").list("faults")
                    .filter { $0.bool("is_on") == true }.compactMap { $0.string("kind") }
            }
            #expect(try await isOn() == ["throttle", "no_status"])
            #expect(
                try await lab.control("faults").list("faults").count == FaultKind.allCases.count)
            try await lab.customer("Hello")
            #expect(try await lab.text("Hi").body.code == 130429)
            let throttle = try await lab.control("faults").list("faults")
                .first { $0.string("kind") == "throttle" }
            #expect(throttle?.int("left") == 2 && throttle?.int("applied") == 1)
            try await lab.controlDelete("faults/throttle")
            #expect(try await isOn() == ["no_status"])
            #expect(try await lab.text("Hi").status == 200)
        }
    }

    @Test("calls are told with what was answered, those that failed, too")
    func calls() async throws {
        try await Lab.run { lab in
            _ = try await lab.text("Too early")
            try await lab.customer("Hello")
            try await lab.until("the webhook") { try lab.updates("messages").count == 1 }
            try await lab.until("both are told") {
                try await lab.control("calls").list("calls").count == 2
            }
            let calls = try await lab.control("calls").list("calls")
            #expect(calls.map { $0.string("direction") } == ["webhook", "graph"])
            #expect(calls.map { $0.int("status") } == [200, 400])
            #expect(calls.last?.string("body")?.contains("Too early") == true)
            #expect(try await lab.control("calls?business=luna").list("calls").isEmpty)
        }
    }
}

extension Lab {
    fileprivate func fault(_ kind: String, count: Int) async throws {
        try await control("faults", #"{"kind":"\#(kind)","count":\#(count)}"#)
    }

    fileprivate func controlDelete(_ path: String) async throws {
        let request = HTTPClientRequest(.delete, "http://127.0.0.1:\(port)/api/v1/\(path)")
        #expect(try await http.send(request).status == 204)
    }
}

extension JSON {
    fileprivate func texts(_ key: String) -> [String] { list(key).compactMap(\.value.string) }
}
