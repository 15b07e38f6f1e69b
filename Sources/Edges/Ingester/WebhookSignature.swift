import Conversation
import Cryptography
import JSON
import TenantDirectory

/// The signature of a webhook: `sha256=` and 64 lower-case hexadecimal digits, the HMAC-SHA256 of
/// the raw body under the app secret (WhatsApp, "Create a webhook endpoint").
enum WebhookSignature {
    private static let prefix = Array("sha256=".utf8)
    private static let digits = 64

    /// The code that a header carries, or `nil` if it has another form.
    static func code(from header: ArraySlice<UInt8>?) -> [UInt8]? {
        guard let header, header.count == prefix.count + digits, header.starts(with: prefix)
        else { return nil }
        var code: [UInt8] = []
        code.reserveCapacity(digits / 2)
        var high: UInt32?
        for byte in header.dropFirst(prefix.count) {
            guard let value = JSONTape.hexValue(byte), !(0x41...0x5a).contains(byte) else {
                return nil
            }
            if let half = high {
                code.append(UInt8(half << 4 | value))
                high = nil
            } else {
                high = value
            }
        }
        return code
    }

    /// The app whose secret signed this body, among those of the tenants, one tenant an app.
    static func signer(of body: [UInt8], code: [UInt8], among tenants: [Tenant]) -> String? {
        for tenant in tenants {
            // Failing to compute a code, only when out of memory, is a signature not proven.
            if (try? tenant.webhookKey.isValid(code, for: body)) == true { return tenant.app }
        }
        return nil
    }
}
