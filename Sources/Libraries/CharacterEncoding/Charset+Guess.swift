import CLibuchardet

extension Charset {
    /// What uchardet takes bytes for; `nil` where it has no opinion, or one that nobody shares.
    ///
    /// It is good on sentences and poor on single words, and knows UTF-16 by its mark only.
    package static func guess(_ bytes: [UInt8]) -> Charset? {
        guard let detector = unsafe uchardet_new() else { return nil }
        defer { unsafe uchardet_delete(detector) }
        let code = unsafe bytes.withUnsafeBytes { buffer in
            unsafe uchardet_handle_data(
                detector, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        guard code == 0 else { return nil }
        unsafe uchardet_data_end(detector)
        guard let label = unsafe uchardet_get_charset(detector) else { return nil }
        return unsafe Charset(label: String(cString: label))
    }
}
