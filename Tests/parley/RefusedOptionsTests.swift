import Configuration
import Testing

@testable import parley

@Suite("Options that cannot mean anything")
struct RefusedOptionsTests {
    private func options(_ line: [String]) throws -> ProcessOptions {
        try ProcessOptions(Arguments(line, UpCommand.specification))
    }

    @Test(
        "a model's server is named by a whole URL",
        arguments: ["foo", "localhost:8080", "ftp://a", "http://", "https:///v1", "/v1"])
    func noServer(url: String) {
        let model = #expect(throws: ConfigurationError.self) {
            try options(["--model-url", url, "--model", "m"])
        }
        #expect(model.map { "\($0)".contains("--model-url") && "\($0)".contains(url) } == true)
        let embedding = #expect(throws: ConfigurationError.self) {
            try options(["--embedding-url", url])
        }
        #expect(embedding.map { "\($0)".contains("--embedding-url") } == true)
    }

    @Test(
        "a URL with a host is taken",
        arguments: ["http://127.0.0.1:8080/v1", "https://models.example.org", "http://[::1]:1/v1"])
    func server(url: String) throws {
        #expect(try options(["--embedding-url", url]).embeddingURL == url)
        #expect(try options(["--model-url", url, "--model", "m"]).modelURL == url)
    }

    @Test("prompts are refused for a stage that has none")
    func prompts() async {
        await refused(
            ReplayCommand.self, ["--stage", "handoff", "--prompts", "/nope"], with: "no prompts")
    }

    @Test("a mistyped stage or shell is told what it may have meant")
    func slips() async {
        await refused(ReplayCommand.self, ["--stage", "handof"], with: "did you mean handoff?")
        await refused(CompletionCommand.self, ["bsh"], with: "did you mean bash?")
    }

    private func refused(_ command: any Command.Type, _ line: [String], with words: String) async {
        let error = await #expect(throws: ConfigurationError.self) {
            try await command.run(Arguments(line, command.specification))
        }
        #expect(error.map { "\($0)".contains(words) } == true)
    }
}
