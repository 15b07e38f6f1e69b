import AccountEndpoints
import Configuration
import Conversation
import FoundationEssentials
import Glibc
import HTTPClient
import JSON
import SetUpEndpoints

/// Gives an installation its first owner: by a fresh link, or at once without a browser.
enum SetupCommand: Command {
    static let specification = ArgumentSpecification(
        "parley setup",
        summary: "Makes a fresh link to set the installation up, or makes its owner here.",
        options: [
            .option("email", "ADDRESS", "makes the owner here, with this e-mail address"),
            .option("name", "NAME", "what the owner is called"),
            .option(
                "password-file", "FILE",
                "a file with the password, or - for standard input (default: asked for)"),
            .option("language", "TAG", "the language of the owner's pages and mails, such as es"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        guard arguments.value("email") != nil || arguments.value("name") != nil else {
            if let odd = ["password-file", "language"].first(where: {
                arguments.value($0) != nil
            }) {
                throw ConfigurationError(
                    specification.command, "--\(odd) goes together with --email and --name")
            }
            return try await offer(console, json: arguments.has("json"))
        }
        return try await own(console, arguments)
    }

    private static func offer(_ console: ConsoleClient, json: Bool) async throws -> Int32 {
        let path = ConsoleClient.path("installation", "setup-links")
        let link = try await console.call(.post, path, as: SetUpLink.self)
        let url = SetUpPage.url(of: link, on: console.url)
        if json {
            Terminal.say(
                json: try RecordCodec.encode(["url": url, "expires": link.expires]))
        } else {
            Terminal.say(SetUpPage.words(url, link))
        }
        return 0
    }

    private static func own(
        _ console: ConsoleClient, _ arguments: Arguments
    ) async throws -> Int32 {
        guard let email = arguments.value("email"), let name = arguments.value("name") else {
            throw ConfigurationError(
                specification.command, "--email and --name go together")
        }
        let owner = FirstOwner(
            email: email, name: name, password: try password(arguments),
            language: arguments.value("language"))
        let made = try await console.call(
            .post, ConsoleClient.path("installation", "owner"),
            body: try RecordCodec.encode(owner), as: SetUpOwner.self)
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(made))
        } else {
            Terminal.say("\(name) owns the installation; sign in at \(console.url)/")
        }
        return 0
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

/// The page on which an installation gets its owner.
enum SetUpPage {
    /// A fresh link; `nil` where the installation has its owner, which is asked first: a wish that
    /// is refused stands in the audit log.
    static func link(from console: APIClient) async throws -> SetUpLink? {
        let door = try await console.call(.get, "/api/v1/door", as: DoorAnswer.self)
        guard !door.isSetUp else { return nil }
        return try await console.call(
            .post, "/api/v1/installation/setup-links", as: SetUpLink.self)
    }

    /// The link: what it holds stands behind the `#`, which no server's log sees.
    static func url(of link: SetUpLink, on console: String) -> String {
        "\(console)/pages/setup/#token=\(link.token)"
    }

    /// The link for people.
    static func words(_ url: String, _ link: SetUpLink) -> [TerminalLine] {
        [
            "nobody owns this installation yet; open this link, which is good once, until "
                + "\(link.expires):",
            "  \(url)",
            "without a browser: parley setup --email ADDRESS --name NAME",
        ]
    }
}
