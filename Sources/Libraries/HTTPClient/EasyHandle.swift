import CLibcurl

/// The owner of one curl easy handle and of the header list and body it points to.
///
/// Confined to the thread of its `TransferLoop`: libcurl-thread(3) forbids sharing a handle.
@safe final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var body: UnsafeMutableBufferPointer<UInt8>?
    /// False once an option was refused (only for lack of memory).
    private(set) var isIntact = true

    init?() {
        guard let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        freeLists()
    }

    /// Forgets all options; keeps what curl caches for the handle.
    func reset() {
        unsafe curl_easy_reset(pointer)
        freeLists()
        isIntact = true
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(unsafe easy_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String) {
        check(unsafe easy_set_string(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        check(unsafe easy_set_pointer(pointer, option, value))
    }

    func set(
        _ option: CURLoption,
        _ receiver:
            @convention(c) (
                UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
            ) -> Int
    ) {
        check(unsafe easy_set_receiver(pointer, option, receiver))
    }

    func setOpenSocket(_ callback: curl_opensocket_callback) {
        check(unsafe easy_set_opensocket(pointer, callback))
    }

    func setPrerequest(_ callback: curl_prereq_callback) {
        check(unsafe easy_set_prerequest(pointer, callback))
    }

    /// Lets the request carry these bytes, copied once, as its body.
    func setBody(_ bytes: [UInt8]) {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        _ = unsafe copy.update(fromContentsOf: bytes)
        unsafe body?.deallocate()
        unsafe body = copy
        check(unsafe easy_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        check(unsafe easy_set_pointer(pointer, CURLOPT_POSTFIELDS, copy.baseAddress))
    }

    /// Sets header lines, each `Name: value`, `Name;` (empty) or `Name:` (none at all).
    func setHeaders(_ lines: [String]) {
        for line in lines {
            guard let longer = unsafe curl_slist_append(headers, line) else {
                isIntact = false
                return
            }
            unsafe headers = longer
        }
        check(unsafe easy_set_pointer(pointer, CURLOPT_HTTPHEADER, headers))
    }

    /// The handle's address, to find its transfer by.
    var id: UInt { unsafe UInt(bitPattern: pointer) }

    /// The status of the last answer, or nil when none began.
    var status: Int? {
        var code = 0
        let done = unsafe easy_get_long(pointer, CURLINFO_RESPONSE_CODE, &code)
        return done == CURLE_OK && code > 0 ? code : nil
    }

    private func check(_ code: CURLcode) {
        if code != CURLE_OK { isIntact = false }
    }

    private func freeLists() {
        unsafe curl_slist_free_all(headers)
        unsafe headers = nil
        unsafe body?.deallocate()
        unsafe body = nil
    }
}
