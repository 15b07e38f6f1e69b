/// How WhatsApp may write one phone number: it rewrites those of Brazil and Mexico, so `from` and
/// `wa_id` of one person differ (WhatsApp, "Service messages").
package enum PhoneForms {
    /// The number and the ways in which it may be written otherwise.
    package static func of(_ phone: String) -> [String] {
        [phone] + [brazilian(phone), mexican(phone)].compactMap(\.self)
    }

    /// Mobile numbers got a nine before them, which accounts from before lack.
    ///
    /// Those begin with 6 to 9; what begins otherwise without it is a landline, somebody else's.
    private static func brazilian(_ phone: String) -> String? {
        let digits = Array(phone.utf8)
        guard phone.hasPrefix("55") else { return nil }
        let isOldMobile = { (digit: UInt8) in (0x36...0x39).contains(digit) }
        if digits.count == 13, digits[4] == 0x39, isOldMobile(digits[5]) {
            return String(phone.prefix(4) + phone.dropFirst(5))
        }
        if digits.count == 12, isOldMobile(digits[4]) {
            return phone.prefix(4) + "9" + phone.dropFirst(4)
        }
        return nil
    }

    /// Mobile numbers had a `1` after the country's code until 2019.
    private static func mexican(_ phone: String) -> String? {
        guard phone.hasPrefix("52") else { return nil }
        if phone.utf8.count == 13, phone.hasPrefix("521") {
            return "52" + phone.dropFirst(3)
        }
        return phone.utf8.count == 12 ? "521" + phone.dropFirst(2) : nil
    }
}
