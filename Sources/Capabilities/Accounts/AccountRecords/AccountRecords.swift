package import Conversation

/// The record types of accounts, organisations and the installation.
package enum AccountRecords {
    /// All of them: the program joins this list with those of its other modules.
    package static let types: [any Payload.Type] = [
        AccountCommand.self, AccountEvent.self, AddressRequest.self, AddressResult.self,
        MembershipNotice.self, MembershipRequest.self, OrganisationCommand.self,
        OrganisationEvent.self, InstallationCommand.self, InstallationEvent.self,
        OperatorRequest.self, MailRequest.self, MailEvent.self,
    ]
}

extension Topic {
    /// What is wished of accounts.
    package static let accountsCommands = Topic("accounts.commands", kept: .never)
    /// What happened to them.
    package static let accountsEvents = Topic("accounts.events", kept: .never)
    /// What accounts ask of e-mail addresses.
    package static let accountsAddresses = Topic("accounts.addresses", kept: .never)
    /// Whose the addresses are.
    package static let accountsReservations = Topic("accounts.reservations", kept: .never)
    /// What teams tell accounts.
    package static let accountsNotices = Topic("accounts.notices", kept: .never)
    /// What is wished of organisations.
    package static let organisationsCommands = Topic("organisations.commands", kept: .never)
    /// What accounts ask of them.
    package static let organisationsRequests = Topic("organisations.requests", kept: .never)
    /// What happened to them.
    package static let organisationsEvents = Topic("organisations.events", kept: .never)
    /// What is wished of the installation.
    package static let installationCommands = Topic("installation.commands", kept: .never)
    /// What accounts ask of those who run it.
    package static let installationRequests = Topic("installation.requests", kept: .never)
    /// What happened to it.
    package static let installationEvents = Topic("installation.events", kept: .never)
    /// Mails that are to be sent.
    package static let mailRequests = Topic("mail.requests", kept: .pipeline)
    /// What became of them.
    package static let mailEvents = Topic("mail.events", kept: .pipeline)
}
