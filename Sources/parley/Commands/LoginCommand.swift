import AccountEndpoints
import Configuration
import Conversation
import HTTPClient

/// Signs a person in at this terminal: then commands may what the person may.
enum LoginCommand: Command {
    static let specification = ArgumentSpecification(
        "parley login",
        summary: "Signs in: commands then may what you may, until `parley logout`.",
        options: [
            .option("email", "ADDRESS", "the e-mail address of the account"),
            .option(
                "password-file", "FILE",
                "a file with the password, or - for standard input (default: asked for)"),
            .option("code", "CODE", "the code of the second factor (default: asked for)"),
        ] + ConsoleClient.options)

    private struct Wanted: Encodable {
        var email: String
        var password: String
        var code: String?
        var kind = "cli"
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard let email = arguments.value("email") else {
            throw ConfigurationError(specification.command, "--email ADDRESS is missing")
        }
        let url = try ConsoleClient.address(arguments)
        let api = APIClient("console", base: url, over: try HTTPClient())
        var wanted = Wanted(
            email: email, password: try password(arguments), code: arguments.value("code"))
        let answer: SignInAnswer
        do {
            answer = try await begin(wanted, api)
        } catch let refusal as APIClient.Refusal
            where refusal.code == "second_factor" && wanted.code == nil
        {
            wanted.code = try Secret.ask("code", for: specification.command, "--code")
            answer = try await begin(wanted, api)
        }
        guard let token = answer.token else {
            throw ConfigurationError("the console", "it gave no session")
        }
        try StoredSessions.keep(token, for: url)
        Terminal.say("signed in at \(url) as \(email), until \(answer.expires.rfc3339)")
        return 0
    }

    private static func begin(_ wanted: Wanted, _ api: APIClient) async throws -> SignInAnswer {
        try await api.call(
            .post, "/api/v1/session", body: try RecordCodec.encode(wanted), as: SignInAnswer.self)
    }

    private static func password(_ arguments: Arguments) throws(ConfigurationError) -> String {
        switch arguments.value("password-file") {
        case nil:
            return try Secret.ask("password", for: specification.command, "--password-file")
        case "-":
            guard let line = readLine(), !line.isEmpty else {
                throw ConfigurationError("--password-file", "standard input holds no password")
            }
            return line
        case let file?: return try Secret.read(file)
        }
    }
}

/// Signs the person at this terminal out.
enum LogoutCommand: Command {
    static let specification = ArgumentSpecification(
        "parley logout", summary: "Ends the session that `parley login` began.",
        options: ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let url = try ConsoleClient.address(arguments)
        guard let token = try StoredSessions.token(for: url) else {
            Terminal.say("nobody is signed in at \(url)")
            return 0
        }
        let api = APIClient("console", base: url, key: token, over: try HTTPClient())
        do {
            try await api.send(.delete, "/api/v1/session")
        } catch let refusal as APIClient.Refusal where refusal.code == "unauthorized" {
            // It had ended already.
        }
        try StoredSessions.keep(nil, for: url)
        Terminal.say("signed out at \(url)")
        return 0
    }
}
