import Conversation
import Endpoints
import HTTPServer

extension EmailAddress {
    /// The address that was typed.
    ///
    /// - Throws: a problem at the field.
    static func checked(_ typed: String, at pointer: String) throws(Problem) -> EmailAddress {
        do throws(Flaw) {
            return try EmailAddress(typed)
        } catch {
            throw .invalid([.init(.pointer(pointer), "bad_email", error.description)])
        }
    }
}
