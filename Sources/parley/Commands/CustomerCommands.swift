import Configuration
import Conversation
import ConversationView
import CustomerEndpoints
import FoundationEssentials
import HTTPClient

/// Lists a business's customers.
enum CustomersListCommand: Command {
    static let specification = ArgumentSpecification(
        "parley customers list", summary: "Lists a business's customers by name.",
        options: [
            .option("words", "WORDS", "only those in whom these words are found"),
            .option("consent", "WORD", "only those who said `in` or `out`, or were not asked"),
            .option("limit", "N", "how many at most (default: 50)"),
            .flag("all", "all of them, however many"), .flag("json", "prints JSON"),
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let limit = try ConsoleClient.limit(arguments)
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        var path = ConsoleClient.path("tenants", tenant, "customers") + "?limit=200"
        for name in ["words", "consent"] {
            if let value = arguments.value(name) { path += "&\(name)=\(APIClient.escaped(value))" }
        }
        let (rows, page) = try await console.rows(path, of: CustomerList.self, atMost: limit) {
            ($0.customers, $0.next)
        }
        guard !arguments.has("json") else {
            Terminal.say(json: try RecordCodec.encode(rows))
            return 0
        }
        Terminal.say(lines(rows, of: page.total))
        return 0
    }

    /// The customers for people.
    static func lines(_ customers: [CustomerListing], of total: Int) -> [TerminalLine] {
        guard !customers.isEmpty else { return ["no customers"] }
        let table = TextTable.lines(
            customers.map { customer in
                [
                    customer.name ?? "–", customer.phone.map { "+\($0)" } ?? customer.userID ?? "–",
                    consent(customer), customer.hasWritten ? "yes" : "no", customer.id,
                ]
            }, under: ["NAME", "PHONE", "CONSENT", "HAS WRITTEN", "ID"])
        guard customers.count < total else { return table }
        return table + ["\(customers.count) of \(total); --all shows all of them"]
    }

    static func consent(_ customer: CustomerListing) -> String {
        guard let consent = customer.consent else { return "not asked" }
        return (consent.isGiven ? "agreed" : "no messages") + (consent.isOwn ? " (own words)" : "")
    }
}

/// Shows a customer.
enum CustomersShowCommand: Command {
    static let specification = ArgumentSpecification(
        "parley customers show", words: "CUSTOMER",
        summary: "Shows all that is known of a customer.",
        options: [.flag("json", "prints JSON")] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1, let id = arguments.words.first else {
            throw ConfigurationError(
                "parley customers show",
                "name one customer by the id that `parley customers list` shows, or a conversation")
        }
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let bytes = try await console.send(
            .get, ConsoleClient.path("tenants", tenant, "customers", id))
        guard !arguments.has("json") else {
            Terminal.say(json: bytes)
            return 0
        }
        let found = try RecordCodec.decode(CustomerAnswer.self, from: bytes)
        Terminal.say(lines(found))
        return 0
    }

    /// A customer for people.
    static func lines(_ found: CustomerAnswer) -> [TerminalLine] {
        let customer = found.customer
        let facts: [(String, String?)] = [
            ("name", customer.name), ("on WhatsApp", customer.profileName),
            ("phone", customer.phone.map { "+\($0)" }), ("WhatsApp id", customer.userID),
            ("email", customer.email), ("language", customer.language),
            ("consent", CustomersListCommand.consent(customer)), ("note", found.note),
            ("conversations", String(found.conversations.count)),
            ("shown as one", customer.members > 1 ? "\(customer.members) customers" : nil),
        ]
        return TextTable.lines(facts.compactMap { name, value in value.map { [name, $0] } })
    }
}

/// Takes customers from a file.
enum CustomersImportCommand: Command {
    static let specification = ArgumentSpecification(
        "parley customers import", words: "FILE",
        summary: "Takes customers from a CSV file: all of its lines, or, if one is wrong, none.",
        options: [
            .option("country", "CODE", "the country code of numbers without one, such as 34"),
            .flag("dry-run", "says what would come of it, and keeps nothing"),
        ] + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1, let file = arguments.words.first else {
            throw ConfigurationError("parley customers import", "name one file")
        }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: file)))
        } catch {
            throw ConfigurationError(file, "it cannot be read")
        }
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        let country = arguments.value("country").map { "?country=\(APIClient.escaped($0))" } ?? ""
        func path(_ what: String) -> String {
            ConsoleClient.path("tenants", tenant, "imports", what) + country
        }
        let report = try await console.call(
            .post, path("customer-checks"), body: bytes, as: ImportReport.self)
        guard report.problemCount == 0 else {
            for problem in report.problems {
                Terminal.complain("\(file):\(problem.line): \(problem.words)")
            }
            Terminal.complain("nothing was imported: \(report.problemCount) things are wrong")
            return 1
        }
        guard !arguments.has("dry-run") else {
            Terminal.say(
                "\(report.lines) customers: \(report.fresh) new, \(report.known) known; "
                    + "nothing was kept")
            return 0
        }
        let begun = try await console.call(
            .post, path("customers"), body: bytes, as: ImportReport.self)
        Terminal.say(
            "\(begun.lines) customers are taken: \(begun.fresh) new, \(begun.known) known")
        return 0
    }
}

/// Gives customers as a table.
enum CustomersExportCommand: Command {
    static let specification = ArgumentSpecification(
        "parley customers export", words: "FILE",
        summary: "Writes customers into a CSV file, as `parley customers import` reads it.",
        options: [.option("words", "WORDS", "only those in whom these words are found")]
            + ConsoleClient.tenantOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1, let file = arguments.words.first else {
            throw ConfigurationError("parley customers export", "name one file to write")
        }
        let console = try ConsoleClient(arguments)
        let tenant = try await console.tenant(arguments)
        var path = ConsoleClient.path("tenants", tenant, "exports", "customers.csv")
        if let words = arguments.value("words") { path += "?words=\(APIClient.escaped(words))" }
        let table = try await console.send(.get, path)
        do {
            try Data(table).write(to: URL(filePath: file), options: .withoutOverwriting)
        } catch {
            throw ConfigurationError(file, "it cannot be written; is there such a file already?")
        }
        Terminal.say("the customers are in \(file)")
        return 0
    }
}
