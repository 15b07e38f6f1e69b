import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// Why an answer was given, over HTTP and by the command, as it was then and as it would be today.
@Suite("Why a message was answered as it was", .installation())
struct WhyTests {
    private let installation: RunningInstallation
    private var console: LocalAPI { installation.console }

    init() throws { installation = try #require(RunningInstallation.shared) }

    private func why(
        _ message: String, of tenant: String, _ more: String = ""
    ) async throws -> LocalAPI.Answer {
        try await console.send(
            .get, "/api/v1/tenants/\(tenant)/why?id=\(LocalAPI.escaped(message))" + more)
    }

    private func told(
        _ message: String, of tenant: String, _ more: String = ""
    ) async throws -> JSON {
        try await eventually("the answer to \(message) is proposed") { () -> JSON? in
            let answer = try await why(message, of: tenant, more)
            return answer.body["then"]["outcome"].string == nil ? nil : answer.body
        }
    }

    private static func texts(_ passages: JSON) -> String {
        passages.elements.compactMap { $0["text"].string }.joined(separator: " ")
    }

    @Test("the same question at two times is told with the passages of each, and with today's")
    func asOf() async throws {
        let name = "reasons"
        _ = try await installation.connect(name, burstPause: 0)
        let question = "How long is the guarantee on umbrellas?"
        func put(_ years: String) async throws {
            let text = "# Umbrellas\n\nThe guarantee on umbrellas is \(years) long."
            try await installation.add("umbrellas.md", Array(text.utf8), to: name)
            try await eventually("\(years) is found") {
                let found = try await console.call(
                    .get, "/api/v1/tenants/\(name)/search?q=\(LocalAPI.escaped(question))")
                return Self.texts(found["passages"]).contains(years)
            }
        }
        func ask() async throws -> String {
            let customer = Customer(of: name, in: installation)
            let message = try await customer.write(question)
            _ = try await told(message, of: name)
            return message
        }
        try await put("two years")
        let first = try await ask()
        try await put("five years")
        let second = try await ask()
        for (message, years, others) in [
            (first, "two years", "five years"), (second, "five years", "two years"),
        ] {
            let report = try await told(message, of: name)
            let then = report["then"]
            let found = then["questions"].elements.first ?? .null
            let texts = Self.texts(found["passages"])
            #expect(texts.contains(years) && !texts.contains(others), "\(report)")
            #expect(then["outcome"].string == "answer", "\(report)")
            #expect(then["text"].string?.contains(years) == true, "\(report)")
            #expect(found["query"].string == question)
            #expect(found["answerability"]["zone"].string != nil)
            #expect(found["passages"].elements.contains { $0["isCited"].isTrue })
            #expect(then["provenance"]["model"].string == "built-in")
            let today = Self.texts(report["today"].elements.first?["passages"] ?? .null)
            #expect(today.contains("five years") && !today.contains("two years"), "\(report)")
        }
        let short = try await told(first, of: name, "&today=false")
        #expect(short["today"] == .null && short["then"]["questions"].elements.count == 1)
        let command = try await ParleyProgram.run(
            "why", first, "--json", "--data", installation.data)
        #expect(command.exit == .code(0), "\(command.output)")
        #expect(try JSON(Array(command.output.utf8)) == (try await told(first, of: name)))
    }

    @Test("nobody is told of another business's message, or of one that is not there")
    func others() async throws {
        _ = try await installation.connect("reasoned", documents: Facts.documents)
        _ = try await installation.connect("curious")
        let message = try await Customer(of: "reasoned", in: installation).write(
            Facts.questions[0])
        _ = try await told(message, of: "reasoned")
        for (id, tenant) in [(message, "curious"), ("nothing", "reasoned")] {
            let answer = try await why(id, of: tenant)
            #expect(answer.status == 404 && answer.body["code"].string == "no_record")
        }
        #expect(try await why("", of: "reasoned").status == 400)
    }
}
