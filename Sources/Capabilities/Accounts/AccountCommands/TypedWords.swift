import AccountRules
import Endpoints
package import HTTPServer
import NetworkAddress

/// Names of people, organisations and keys, as they are typed.
package enum Names {
    /// A name as it is stored.
    ///
    /// - Throws: a problem at the field.
    package static func checked(
        _ typed: String, at pointer: String = "/name"
    ) throws(Problem) -> String {
        do throws(DisplayName.Flaw) {
            return try DisplayName(typed).text
        } catch {
            throw .invalid(pointer, error.description)
        }
    }
}

/// Lists of networks, as people type them.
package enum Networks {
    /// The networks as they are stored; `author` is where they are set from, who is not shut out.
    ///
    /// - Throws: a problem at the field.
    package static func checked(
        _ networks: [String], from author: String? = nil
    ) throws(Problem) -> [String] {
        do throws(AddressAllowList.Flaw) {
            let list = try AddressAllowList(networks)
            if let author, let address = IPAddress(author) {
                try list.check(settingFrom: address)
            }
            return list.ranges.map(\.description)
        } catch {
            throw .invalid("/networks", error.description)
        }
    }
}
