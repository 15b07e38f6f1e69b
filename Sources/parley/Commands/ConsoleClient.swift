import Configuration
import Console
import Conversation
import DocumentView
import FoundationEssentials
import HTTPClient

/// The way to a running installation's console.
struct ConsoleClient: Sendable {
    /// What every command that asks the console accepts.
    static let options: [ArgumentSpecification.Option] = [
        .option("data", "DIR", "the data folder (default: $PARLEY_DATA, else .parley)")
    ]
    /// The same, for commands about one tenant.
    static let tenantOptions =
        [
            ArgumentSpecification.Option.option(
                "tenant", "NAME", "the tenant (default: the only one, or the demo's)")
        ] + options

    /// The same, for commands that list page by page.
    static let listOptions =
        [
            ArgumentSpecification.Option.option("limit", "N", "how many at most (default: 50)"),
            .flag("all", "all of them, however many"),
            .flag("json", "prints JSON"),
        ] + options

    /// How many rows a command that lists is to show: about as many as fit on a screen, unless
    /// something else is asked for.
    static func limit(_ arguments: Arguments) throws(ConfigurationError) -> Int {
        if arguments.has("all") { return .max }
        return try arguments.integer("limit", in: 1...1_000_000) ?? 50
    }

    /// How long an answer may take beyond what a request asks to wait.
    private static let patience = 30

    /// The console's base URL.
    let url: String
    private let api: APIClient
    private let simulator: String?
    private let keySource: String
    private let demo: String?

    /// Where the console is: `$PARLEY_CONSOLE`, or by the data folder.
    ///
    /// - Throws: ``ConfigurationError`` if no installation runs there.
    static func address(_ arguments: Arguments) throws(ConfigurationError) -> String {
        if let url = ProcessInfo.processInfo.environment["PARLEY_CONSOLE"], !url.isEmpty {
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        return try RunFile.read(from: try DataFolder.named(arguments)).console
    }

    /// Finds the console, and what opens it: an API key in `$PARLEY_API_KEY`, the session of
    /// `parley login`, or the installation's key, for whoever can read it.
    ///
    /// - Throws: ``ConfigurationError`` if no installation runs there, or nothing opens it.
    init(_ arguments: Arguments) throws {
        url = try Self.address(arguments)
        let data = try DataFolder.named(arguments)
        // Elsewhere, there is no run file to tell of a demo business.
        let running = try? RunFile.read(from: data)
        let key: String
        if let given = ProcessInfo.processInfo.environment["PARLEY_API_KEY"], !given.isEmpty {
            (key, keySource) = (given, "$PARLEY_API_KEY")
        } else if let token = try StoredSessions.token(for: url) {
            (key, keySource) = (token, "the session of `parley login`")
        } else if let own = ConsoleKey.read(data) {
            (key, keySource) = (own, "the key in \(data.consoleKeyFile)")
        } else {
            throw ConfigurationError(
                data.consoleKeyFile,
                "the console's key is missing, or is not yours to read; sign in by `parley login`, "
                    + "or set $PARLEY_API_KEY")
        }
        let isHere = running?.console == url
        simulator = isHere ? running?.simulator : nil
        demo = isHere ? running?.demo : nil
        api = APIClient("console", base: url, key: key, over: try HTTPClient())
    }

    /// Asks the console; `wait` is how many seconds the request itself may wait, `version` that of
    /// what is changed.
    func send(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil,
        version: Int? = nil, wait: Int = 0
    ) async throws -> [UInt8] {
        do {
            return try await api.send(
                method, path, body: body, version: version,
                timeout: .seconds(wait + Self.patience))
        } catch let refusal as APIClient.Refusal {
            throw explained(refusal)
        }
    }

    /// A refusal with what to do about it at the command line.
    private func explained(_ refusal: APIClient.Refusal) -> APIClient.Refusal {
        var refusal = refusal
        switch refusal.code {
        case "no_tenant": refusal.description += "; `parley tenant list` shows which there are"
        case "sealed_tenant", "tenant_exists":
            refusal.description += " (`parley tenant add ID --replace`)"
        case "no_document": refusal.description += "; `parley knowledge list` shows which there are"
        case "no_handoff": refusal.description += "; `parley handoff list` shows which are"
        case "unauthorized":
            refusal.description =
                "the console at \(url) does not take \(keySource): has it ended, or does another "
                + "installation run there?"
        case "unproven":
            refusal.description =
                "this is hard to take back, and your sign-in is older than ten minutes: "
                + "`parley login` again"
        default: break
        }
        return refusal
    }

    /// Asks the console and reads its answer.
    func call<Answer: Decodable>(
        _ method: HTTPClientRequest.Method, _ path: String, body: [UInt8]? = nil, wait: Int = 0,
        as type: Answer.Type
    ) async throws -> Answer {
        try Self.answer(type, in: try await send(method, path, body: body, wait: wait))
    }

    /// A whole list, page by page, of at most `limit` rows; `path` has a query already or not.
    func rows<Page: Decodable, Row>(
        _ path: String, of type: Page.Type, atMost limit: Int = .max,
        _ read: (Page) -> (rows: [Row], next: String?)
    ) async throws -> (rows: [Row], last: Page) {
        var rows: [Row] = []
        var next: String?
        while true {
            var target = path
            if let next {
                target += (path.contains("?") ? "&" : "?") + "after=\(APIClient.escaped(next))"
            }
            let page = try await call(.get, target, as: type)
            let (some, further) = read(page)
            rows += some
            guard rows.count < limit, let further, further != next else {
                return (Array(rows.prefix(limit)), page)
            }
            next = further
        }
    }

    /// All documents of a tenant.
    func documents(
        of tenant: String, labelled label: String? = nil
    ) async throws -> [DocumentListing] {
        let path = Self.path("tenants", tenant, "documents")
        let narrowed = label.map { path + "?label=\(APIClient.escaped($0))" } ?? path
        return try await rows(narrowed, of: DocumentList.self) {
            ($0.documents, $0.next)
        }.rows
    }

    /// All tenants.
    func tenants() async throws -> TenantList {
        var problems: [TenantList.Problem] = []
        let (tenants, last) = try await rows(Self.path("tenants"), of: TenantList.self) { page in
            problems += page.problems
            return (page.tenants, page.next)
        }
        var list = last
        list.tenants = tenants
        list.problems = problems
        list.next = nil
        return list
    }

    /// Reads an answer.
    ///
    /// Never inlined: the optimiser of Swift 6.3.1 crashes when the decoder's typed error becomes
    /// a part of the coroutine that asks.
    @inline(never)
    static func answer<Answer: Decodable>(
        _ type: Answer.Type, in bytes: [UInt8]
    ) throws -> Answer {
        do {
            return try RecordCodec.decode(type, from: bytes)
        } catch {
            throw ConfigurationError(
                "the console",
                "its answer is not understood: is it another version of Parley? (\(error.problem))")
        }
    }

    /// The tenant that `--tenant` names: else the only one, else the demo's.
    func tenant(_ arguments: Arguments) async throws -> String {
        if let name = arguments.value("tenant") { return name }
        let all = try await tenants().tenants
        if all.count == 1, let only = all.first { return only.id.rawValue }
        if let demo, all.contains(where: { $0.id.rawValue == demo }) { return demo }
        // An installation that an earlier version started does not tell the demo's name.
        let simulated = all.filter { $0.graphURL == simulator }
        if simulated.count == 1, let only = simulated.first { return only.id.rawValue }
        throw ConfigurationError(
            "--tenant",
            all.isEmpty
                ? "there is no tenant yet; `parley tenant add` connects one"
                : "name one of \(all.map(\.id.rawValue).joined(separator: ", "))")
    }

    /// The path of a tenant's documents, tenants, or whatever follows.
    static func path(_ parts: String...) -> String { path(parts) }

    /// The path of parts that are gathered one by one.
    static func path(_ parts: [String]) -> String {
        "/api/v1/" + parts.map(APIClient.escaped).joined(separator: "/")
    }
}
