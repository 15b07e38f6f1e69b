import AccountCommands
import AuditEndpoints
import AuditRecords
import Conversation
import ConversationView
import CustomerRecords
import Endpoints
import HTTPServer
package import JSON
import SQLite

/// Customers from files and in files.
extension CustomerEndpoints {
    /// Bytes of a file.
    static let mostBytes = 8 << 20
    /// Rows that are read at once for a file.
    private static let exportRows = 500

    var files: [Endpoint] { [checkFile, importFile, progress, export] }

    private static let imports = "/api/v1/tenants/{tenant}/imports"

    private var checkFile: Endpoint {
        .tenant(
            .at(
                .post, Self.imports + "/customer-checks", "customers.check",
                "Reads a file with customers and says what would come of it; nothing is kept."),
            may: .writeSettings,
            .init(
                takes: ImportParameters.self, body: RawBody.self, limit: Self.mostBytes,
                gives: Reply<ImportReport>.self, problems: [.viewIsBuilt, .badFile])
        ) { call in
            // Whoever forgot the file is told so by the status as well.
            guard !call.body.bytes.isEmpty else { throw Problem(.badFile, "the file is empty") }
            let read = try await read(call.body.bytes, call.parameters.country, call.scope)
            return Reply(read.report)
        }
    }

    private var importFile: Endpoint {
        .tenant(
            .at(
                .post, Self.imports + "/customers", "customers.import",
                "Takes customers from a file: all of its lines, or, if one is wrong, none."),
            may: .writeSettings,
            .init(
                takes: ImportParameters.self, body: RawBody.self, limit: Self.mostBytes,
                gives: Reply<ImportReport>.self, [202],
                problems: [.viewIsBuilt, .notStored, .badFile], repeating: .once)
        ) { call in
            let tenant = call.scope.tenant
            var read = try await read(call.body.bytes, call.parameters.country, call.scope)
            guard read.file.problemCount == 0 else {
                let first = read.file.problems.first.map { "line \($0.line): \($0.words)" } ?? ""
                throw Problem(
                    .badFile,
                    "nothing was imported: \(read.file.problemCount) things are wrong; \(first)")
            }
            let id = RecordID.derived(from: RecordID(call.reference), by: "customers/import")
            let asker = Asker(call, in: tenant)
            try await audit.write(
                "customer.import", on: AuditTarget("import", id.rawValue), in: tenant, for: asker,
                changes: [AuditChange("customers", nil, "\(read.file.lines.count)")])
            try await writer.write(try commands(of: read, as: id, in: tenant))
            await waitForFirst(of: id, call.scope)
            read.report.import = id.rawValue
            return Reply(read.report, status: 202)
        }
    }

    /// Whoever asks how far it is finds it.
    private func waitForFirst(of id: RecordID, _ scope: TenantScope) async {
        for _ in 0..<250 {
            // What cannot be read now is looked for again.
            let found = try? await look(scope) { rows throws(SQLiteError) in
                try rows.progress(ofImport: id) != nil
            }
            // A cancelled sleep means that nobody waits any more.
            guard found != true, (try? await Task.sleep(for: .milliseconds(20))) != nil else {
                return
            }
        }
    }

    private var progress: Endpoint {
        .tenant(
            .at(
                .get, Self.imports + "/customers/{import}", "customers.progress",
                "Says how far an import is."),
            may: .writeSettings,
            .init(
                takes: OneImport.self, gives: Reply<ImportProgress>.self,
                problems: [.viewIsBuilt, .noImport])
        ) { call in
            let id = RecordID(call.parameters.import)
            let found = try await look(call.scope) { rows throws(SQLiteError) in
                try rows.progress(ofImport: id)
            }
            guard let found else {
                throw Problem(.noImport, "there is no such import, or none of its lines is in yet")
            }
            return Reply(
                ImportProgress(lines: found.lines, saved: found.saved, same: found.same))
        }
    }

    private var export: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/exports/customers.csv", "customers.export",
                "Gives customers at once, as a table for spreadsheets."),
            may: .writeSettings,
            .init(
                takes: CustomerExport.self, gives: CSVTable.self,
                problems: [.viewIsBuilt, .notStored])
        ) { call in
            let (scope, question) = (call.scope, call.parameters.question)
            let names = try await look(scope) { rows throws(SQLiteError) in
                try rows.labelNames()
            }
            try await audit.write(
                "customer.export", on: AuditTarget("customers", scope.tenant.rawValue),
                in: scope.tenant, for: Asker(call, in: scope.tenant))
            return CSVTable("customers", of: Self.columns) { give in
                var after: String?
                repeat {
                    let from = after
                    let page = try await look(scope) { rows throws(SQLiteError) in
                        try rows.customers(question, after: from, atMost: Self.exportRows)
                    }
                    guard let page else { return }
                    let notes = try await look(scope) { rows throws(SQLiteError) in
                        try rows.notes(of: page.customers.map(\.id))
                    }
                    try await give(page.customers.map { Self.cells($0, notes[$0.id], names) })
                    after = page.next
                } while after != nil
            }
        }
    }

    private static let columns = [
        "phone", "name", "email", "language", "note", "labels", "consent", "consent_source",
        "consent_date", "has_written", "user_id", "username",
    ]

    private static func cells(
        _ customer: CustomerListing, _ note: String?, _ labels: [RecordID: String]
    ) -> [String] {
        [
            customer.phone.map { "+\($0)" } ?? "", customer.name ?? "", customer.email ?? "",
            customer.language ?? "", note ?? "",
            customer.labels.compactMap { labels[$0] }.joined(separator: "|"),
            // Who never said anything gave no consent.
            customer.consent?.isGiven == true ? "yes" : "no",
            customer.consent?.isOwn == true ? "WhatsApp" : customer.consent?.source ?? "",
            customer.consent?.at.rfc3339 ?? "", customer.hasWritten ? "yes" : "no",
            customer.userID ?? "", customer.username ?? "",
        ]
    }

    private struct Read {
        var file: CustomerFile
        var known: [CustomerIdentity: CustomerListing]
        var talks: [CustomerIdentity: [ConversationListing]]
        var report: ImportReport
    }

    private func read(
        _ bytes: [UInt8], _ country: String?, _ scope: TenantScope
    ) async throws(Problem) -> Read {
        let labels = try await look(scope) { rows throws(SQLiteError) in try rows.labelsInUse() }
        let file = CustomerFile(bytes, country: country, labels: labels, at: writer.now())
        let lines = file.lines
        let (known, talks) = try await look(scope) { rows throws(SQLiteError) in
            let known = try rows.customers(of: lines.map(\.identity))
            var talks: [CustomerIdentity: [ConversationListing]] = [:]
            for line in lines where known[line.identity]?.hasWritten == true {
                talks[line.identity] = try rows.conversations(of: line.identity)
            }
            return (known, talks)
        }
        let refused = lines.filter { line in
            guard line.profile.consent?.isGiven == true else { return false }
            let said = known[line.identity]?.consent
            return said?.isOwn == true && said?.isGiven == false
        }
        return Read(
            file: file, known: known, talks: talks,
            report: ImportReport(
                lines: lines.count, fresh: lines.count { known[$0.identity] == nil },
                known: lines.count { known[$0.identity] != nil },
                refused: refused.map(\.number).prefix(CustomerFile.mostProblems).map { $0 },
                problemCount: file.problemCount,
                problems: file.problems.map {
                    .init(line: $0.line, code: $0.code, value: $0.value, words: $0.words)
                }))
    }

    private func commands(
        of read: Read, as id: RecordID, in tenant: TenantID
    ) throws(Problem) -> [(payload: any Payload, id: RecordID)] {
        var commands: [(payload: any Payload, id: RecordID)] = []
        let now = writer.now()
        for (index, line) in read.file.lines.enumerated() {
            let customer = try self.id(of: line.identity, in: tenant)
            let reference = "\(id)/\(index + 1)"
            var profile = line.profile
            let said = read.known[line.identity]?.consent
            // What customers wrote themselves goes before what a file says.
            if said?.isOwn == true, said?.isGiven == false { profile.consent = nil }
            if let consent = profile.consent, consent.isGiven != said?.isGiven {
                commands += Self.preferences(
                    consent, of: read.talks[line.identity] ?? [], in: tenant, by: reference)
            }
            let command = CustomerCommand(
                tenant: tenant, customer: customer, identity: line.identity,
                action: .take(
                    profile, ImportLine(id: id, number: index + 1, of: read.file.lines.count)),
                reference: reference, at: now)
            commands.append((command, command.id))
        }
        return commands
    }
}

extension Problem.Kind {
    static let badFile = Self(422, "customer_file")
    static let noImport = Self(404, "no_import")
}

/// How a file with customers is read.
package struct ImportParameters: Described, Decodable, Hashable {
    var country: String?
    package static let schema = JSONSchema.object([
        .optional(
            "country",
            .text(
                "The country code of numbers without one, such as 34.", 1...3,
                pattern: "[1-9][0-9]{0,2}", rule: "1 to 3 digits"))
    ])
}

/// Which import is meant.
package struct OneImport: Described, Decodable, Hashable {
    var `import`: String
    package static let schema = JSONSchema.object([.required("import", .id("The import."))])
}

/// What a file with customers holds, and what is wrong with it.
package struct ImportReport: Hashable, Sendable, Codable, Described {
    /// What is wrong.
    package struct Problem: Hashable, Sendable, Codable {
        /// The line, from 1; 0 for the whole file.
        package var line: Int
        /// A word for programs.
        package var code: String
        /// What stands there, or is meant.
        package var value: String
        /// A sentence.
        package var words: String
    }

    /// The import, once it is begun.
    package var `import`: String?
    /// Lines that are right.
    package var lines: Int
    /// Customers who are new.
    package var fresh: Int
    /// Customers who are known.
    package var known: Int
    /// Lines of customers who wrote themselves that they want no messages: they stay so.
    package var refused: [Int]
    /// How much is wrong.
    package var problemCount: Int
    /// What is, at most 100 of it.
    package var problems: [Problem]

    package static let schema = JSONSchema.object(
        [
            .optional("import", .text("The import, once it is begun.")),
            .required("lines", .count("Lines that are right.")),
            .required("fresh", .count("Customers who are new.")),
            .required("known", .count("Customers who are known already.")),
            .required(
                "refused",
                .list(
                    .count(),
                    "Lines of customers who wrote themselves that they want no messages.")),
            .required("problemCount", .count("How much is wrong.")),
            .required("problems", .list(problem, "What is wrong, at most 100 of it.")),
        ], named: "CustomerImportReport")

    private static let problem = JSONSchema.object([
        .required("line", .count("The line, from 1; 0 for the whole file.")),
        .required("code", .text("A word for programs.")),
        .required("value", .text("What stands there, or is meant.")),
        .required("words", .text("A sentence.")),
    ])
}

/// How far an import is.
package struct ImportProgress: Hashable, Sendable, Codable, Described {
    /// Lines of the file.
    package var lines: Int
    /// Lines that changed something.
    package var saved: Int
    /// Lines that said what was known.
    package var same: Int

    package static let schema = JSONSchema.object(
        [
            .required("lines", .count("Lines of the file.")),
            .required("saved", .count("Lines that changed something.")),
            .required("same", .count("Lines that said what was known.")),
        ], named: "CustomerImportProgress")
}
