package import AccountRecords
package import Conversation
package import HTTPServer
package import Views

/// Gives commands to the stages of accounts, organisations and the installation, and waits until a
/// view shows the event that answers each.
package final class CommandChannel: Sendable {
    let writer: CommandWriter
    private let accounts = Commands<AccountEvent>()
    private let organisations = Commands<OrganisationEvent>()
    private let installation = Commands<InstallationEvent>()

    /// Writes by `writer`.
    package init(_ writer: CommandWriter) { self.writer = writer }

    /// Tells those who wait, once the rows of a view can be read.
    package func hear(_ changes: [any ViewChange]) {
        accounts.hear(changes)
        organisations.hear(changes)
        installation.hear(changes)
    }

    /// Asks something of an account.
    ///
    /// - Throws: a problem that says why it is not done, or not known to be.
    @discardableResult
    package func ask(
        _ account: AccountID, _ action: AccountCommand.Action, for asker: Asker
    ) async throws(Problem) -> AccountEvent {
        let command = AccountCommand(
            account: account, by: asker.actor, origin: asker.origin, action: action,
            reference: asker.reference, at: writer.now())
        let event = try await accounts.send(
            command, id: command.id, asker.reference, begunBefore: asker.begunBefore, by: writer)
        if case .refused(let refusal) = event.change { throw refusal.problem }
        return event
    }

    /// Asks something of an organisation.
    ///
    /// - Throws: a problem that says why it is not done, or not known to be.
    @discardableResult
    package func ask(
        _ tenant: TenantID, _ action: OrganisationCommand.Action, for asker: Asker
    ) async throws(Problem) -> OrganisationEvent {
        let command = OrganisationCommand(
            tenant: tenant, by: asker.actor, origin: asker.origin, action: action,
            reference: asker.reference, at: writer.now())
        let event = try await organisations.send(
            command, id: command.id, asker.reference, begunBefore: asker.begunBefore, by: writer)
        if case .refused(let refusal) = event.change { throw refusal.problem }
        return event
    }

    /// Asks something of the installation.
    ///
    /// - Throws: a problem that says why it is not done, or not known to be.
    @discardableResult
    package func ask(
        _ action: InstallationCommand.Action, for asker: Asker
    ) async throws(Problem) -> InstallationEvent {
        let command = InstallationCommand(
            by: asker.actor, origin: asker.origin, action: action, reference: asker.reference,
            at: writer.now())
        let event = try await installation.send(
            command, id: command.id, asker.reference, begunBefore: asker.begunBefore, by: writer)
        if case .refused(let refusal) = event.change { throw refusal.problem }
        return event
    }

    /// What became of a wish of an account that was begun before, where that is known: what was a
    /// condition of it may not be so any more because it was done.
    package func done(
        _ account: AccountID, for asker: Asker
    ) async throws(Problem) -> AccountEvent.Change? {
        guard let begunBefore = asker.begunBefore else { return nil }
        return try await accounts.answer(
            to: asker.reference, about: account.rawValue, since: begunBefore, in: writer)?.change
    }
}

extension AccountEvent: AnsweringEvent {}
extension OrganisationEvent: AnsweringEvent {}
extension InstallationEvent: AnsweringEvent {}
