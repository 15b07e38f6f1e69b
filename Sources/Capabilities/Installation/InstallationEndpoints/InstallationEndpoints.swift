package import AccountCommands
package import AccountRecords
import AccountView
package import Conversation
import Cryptography
package import Endpoints
package import HTTPServer
import InstallationView
import SQLite
package import Views

/// The installation over HTTP: its settings in parts, who runs it, its roles and API keys, and who
/// may what.
package struct InstallationEndpoints: Sendable {
    /// What the installation is shown and changed by.
    package struct Means: Sendable {
        /// The rows of ``InstallationView``.
        package var view: StoredView
        /// The rows of ``AccountView``, for names.
        package var accounts: StoredView
        /// Gives commands to the stages.
        package var channel: CommandChannel
        /// Names an e-mail address.
        package var addressKey: @Sendable (EmailAddress) throws(Problem) -> AddressKey
        /// Seals the password of the mail server.
        package var seal: @Sendable (String) throws(Problem) -> Sealed
        /// Sends a mail as these settings say.
        package var tryMail: @Sendable (InstallationPart.Mail, EmailAddress) async -> MailTrial
        /// From where a request came, hop by hop.
        package var connection: @Sendable (HTTPRequest) async throws(Problem) -> SeenConnection
        /// The clock.
        package var now: @Sendable () -> Timestamp

        /// Names them all.
        package init(
            view: StoredView, accounts: StoredView, channel: CommandChannel,
            addressKey: @escaping @Sendable (EmailAddress) throws(Problem) -> AddressKey,
            seal: @escaping @Sendable (String) throws(Problem) -> Sealed,
            tryMail: @escaping @Sendable (InstallationPart.Mail, EmailAddress) async -> MailTrial,
            connection: @escaping @Sendable (HTTPRequest) async throws(Problem) -> SeenConnection,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.view = view
            self.accounts = accounts
            self.channel = channel
            self.addressKey = addressKey
            self.seal = seal
            self.tryMail = tryMail
            self.connection = connection
            self.now = now
        }
    }

    let means: Means

    /// Answers from the views, and asks the stages.
    package init(_ means: Means) { self.means = means }

    /// The endpoints.
    package var endpoints: [Endpoint] { settings + people + roles + keys + [matrix] }

    static let base = "/api/v1/installation"

    /// Asks something of the installation, for whoever sent a request.
    @discardableResult
    func ask<Parameters, Body>(
        _ action: InstallationCommand.Action, _ call: Call<InstallationScope, Parameters, Body>
    ) async throws(Problem) -> InstallationEvent {
        try await means.channel.ask(action, for: Asker(call, in: .installation))
    }

    /// Reads rows for an answer: half a view would look like a whole one.
    func read<Value: Sendable>(
        _ body: @Sendable (InstallationRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        try await Self.read(means.view) { rows throws(SQLiteError) in
            try body(InstallationRows(rows))
        }
    }

    /// Reads accounts for an answer.
    func accounts<Value: Sendable>(
        _ body: @Sendable (AccountRows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        try await Self.read(means.accounts) { rows throws(SQLiteError) in
            try body(AccountRows(rows))
        }
    }

    private static func read<Value: Sendable>(
        _ view: StoredView, _ body: @Sendable (Rows) throws(SQLiteError) -> Value
    ) async throws(Problem) -> Value {
        let value: Value?
        do throws(SQLiteError) { value = try await view.read(body) } catch { value = nil }
        guard let value, view.isCaughtUp else {
            throw Problem(
                .viewIsBuilt, "the installation is still being read; try again in a moment")
        }
        return value
    }

    /// An e-mail address as somebody typed it.
    static func address(_ typed: String, at pointer: String) throws(Problem) -> EmailAddress {
        do throws(EmailAddress.Flaw) {
            return try EmailAddress(typed)
        } catch {
            throw .invalid(pointer, error.description)
        }
    }
}

extension Problem.Kind {
    static let viewIsBuilt = Self(503, "starting")
    static let noAccount = Self(404, "no_account")
    static let noOperator = Self(404, "no_operator")
    static let noRole = Self(404, "no_role")
}

extension InstallationPermission {
    static let readInstallation = Self("installation:read")
    static let writeInstallation = Self("installation:write")
    static let writeOperators = Self("operators:write")
}
