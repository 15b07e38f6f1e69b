package import AccountRecords
package import Conversation
package import HTTPServer
package import TenantKeys

/// Names e-mail addresses as records do: by a hash under the installation's key.
package struct AddressNaming: Sendable {
    private let keys: KeyTable

    /// Names by the installation's key, which `keys` holds once it is read.
    package init(_ keys: KeyTable) { self.keys = keys }

    /// What names an address.
    package func key(of address: EmailAddress) throws(Problem) -> AddressKey {
        AddressKey(try secretName("address", address.text))
    }

    /// An address as commands name it.
    package func claim(_ address: EmailAddress) throws(Problem) -> AddressClaim {
        AddressClaim(key: try key(of: address), text: address.text)
    }

    /// A name that nobody can make without the installation's key.
    package func secretName(_ kind: String, _ text: String) throws(Problem) -> String {
        do throws(RecordError) {
            return try keys.namingKey(of: .installation).name(kind, text)
        } catch {
            throw Problem(.noInstallationKey, "the installation's key is not there yet; try again")
        }
    }
}

extension Problem.Kind {
    /// The installation has just been made, or is being read.
    package static let noInstallationKey = Self(503, "starting")
}
