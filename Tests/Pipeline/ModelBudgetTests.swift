import HTTPClient
import Lifecycle
import PipelineTesting
import Testing

/// What bounds a business's model, what comes of trying it, and how its server does.
@Suite("Models within bounds", .ownInstallation)
struct ModelBudgetTests {
    private static func change(
        _ tenant: String, _ body: String, _ installation: RunningInstallation
    ) async throws {
        try await installation.console.call(
            .put, "/api/v1/tenants/\(tenant)", Array(body.utf8))
    }

    @Test("who used their tokens up is answered by the built-in answerer, after a restart, too")
    func budget() async throws {
        let model = try ModelDouble { _ in
            .say("We open at 7:15 on Tuesday [{n}].", holding: "opens at 7:15")
        }
        try await RunningInstallation.with([]) { installation in
            let console = installation.console
            _ = try await installation.connect(
                "bounded", model: model.url, burstPause: 0, documents: Facts.documents)
            func used() async throws -> (used: Int, most: Int?) {
                let limits = try await console.call(.get, "/api/v1/tenants/bounded/limits")
                let tokens = limits["limits"].elements.first { $0["id"].string == "tokens" }
                return (tokens?["used"].int ?? -1, tokens?["most"].int)
            }
            try await Self.change("bounded", #"{"tokensPerDay":1}"#, installation)
            let first = try await Customer(of: "bounded", in: installation).ask(Facts.questions[0])
            #expect(first.text.contains("7:15"))
            #expect(model.questions.count == 1)
            try await eventually("its tokens are counted") { try await used().used > 1 }
            #expect(try await used().most == 1)
            let second = try await Customer(of: "bounded", in: installation).ask(
                Facts.questions[0])
            #expect(second.text.contains("7:15") && second.text.contains("Opening"))
            #expect(model.questions.count == 1, "the model was asked beyond its budget")
            let before = try await used().used
            // A process that begins again knows what was used.
            let base = "/api/v1/operations/machines/"
            let picture = try await console.call(.get, "/api/v1/operations/pipeline")
            let machine = try #require(
                picture["machines"].elements.first?["report"]["machine"].string)
            let order = #"{"process":"orchestrator-0","order":"restart"}"#
            try await console.call(.post, base + machine + "/orders", Array(order.utf8))
            let third = try await Customer(of: "bounded", in: installation).ask(
                Facts.questions[0], within: .seconds(60))
            #expect(third.text.contains("7:15"))
            #expect(model.questions.count == 1)
            #expect(try await used().used == before)
            try await Self.change("bounded", #"{"without":["tokensPerDay"]}"#, installation)
            _ = try await Customer(of: "bounded", in: installation).ask(Facts.questions[0])
            #expect(model.questions.count == 2)
        }
        await model.stop()
    }

    @Test("a weak model is found out by trying it, and answers no more until that is forgotten")
    func weak() async throws {
        let model = try ModelDouble { _ in .say("I am a helpful assistant!") }
        try await RunningInstallation.with([]) { installation in
            _ = try await installation.connect(
                "feeble", model: model.url, burstPause: 0, documents: Facts.documents)
            let options = ["--tenant", "feeble", "--data", installation.data]
            let tried = try await ParleyProgram.run(["eval", "model"] + options)
            #expect(tried.exit == .code(1), "\(tried.output)")
            #expect(tried.output.contains("double is weak: "), "\(tried.output)")
            let asked = model.questions.count
            let reply = try await Customer(of: "feeble", in: installation).ask(Facts.questions[0])
            #expect(reply.text.contains("7:15"))
            #expect(model.questions.count == asked, "a weak model was asked")
            let shown = try await ParleyProgram.run(
                ["tenant", "show", "feeble", "--data", installation.data])
            #expect(shown.output.contains("double is weak"), "\(shown.output)")
            let forgotten = try await ParleyProgram.run(["eval", "model", "--forget"] + options)
            #expect(forgotten.exit == .code(0), "\(forgotten.output)")
            _ = try await Customer(of: "feeble", in: installation).ask(Facts.questions[0])
            #expect(model.questions.count > asked)
            let none = try await installation.console.send(
                .post, "/api/v1/tenants/\(RunningInstallation.demo)/model-trial")
            #expect(none.status == 409 && none.body["code"].string == "no_model")
        }
        await model.stop()
    }

    @Test("a model server that fails again and again is shown to operators, with what was wrong")
    func health() async throws {
        let model = try ModelDouble { _ in .fail(401) }
        try await RunningInstallation.with([]) { installation in
            _ = try await installation.connect(
                "down", model: model.url, burstPause: 0, documents: Facts.documents)
            for _ in 0..<5 {
                let reply = try await Customer(of: "down", in: installation).ask(
                    Facts.questions[0])
                #expect(reply.text.contains("7:15"))
            }
            let finding = try await eventually("the server's state is told") { () -> JSON? in
                let picture = try await installation.console.call(
                    .get, "/api/v1/operations/pipeline")
                let models = picture["machines"].elements.flatMap {
                    $0["report"]["processes"].elements
                }.flatMap { $0["models"].elements }
                guard models.contains(where: { $0["failure"].string == "unauthorized" }) else {
                    return nil
                }
                return picture["findings"].elements.first { $0["kind"].string == "modelDown" }
            }
            #expect(finding["detail"].string?.contains(model.url) == true, "\(finding)")
            #expect(finding["remedy"].string?.contains("key") == true, "\(finding)")
        }
        await model.stop()
    }
}
