/// The first line of a request: method, target, version (RFC 9112, 3).
struct RequestLine {
    /// Octets beside the target: a method that is known, two spaces, the version, the line end.
    static let overhead = 64

    var method: HTTPMethod
    var path: String
    /// The origin-form part of the target.
    var target: Range<Int>
    /// The authority of an absolute-form target.
    var authority: Range<Int>?
    var minorVersion: Int
    /// Position after the line.
    var end: Int

    init(_ bytes: Span<UInt8>, _ line: Range<Int>, _ limits: Limits) throws(RequestRejection) {
        var spaces: (Int, Int) = (-1, -1)
        for index in line where bytes[index] == Octet.space {
            if spaces.0 < 0 {
                spaces.0 = index
            } else if spaces.1 < 0 {
                spaces.1 = index
            } else {
                throw RequestRejection(400, "more than two spaces in the request line")
            }
        }
        guard spaces.0 > line.lowerBound, spaces.1 > spaces.0 + 1 else {
            throw RequestRejection(400, "request line is not method, target, version")
        }
        minorVersion = try Self.version(bytes.extracting((spaces.1 + 1)..<line.upperBound))
        method = try Self.method(bytes.extracting(line.lowerBound..<spaces.0))
        target = (spaces.0 + 1)..<spaces.1
        guard target.count <= limits.targetBytes else {
            throw RequestRejection(414, "request target longer than \(limits.targetBytes)")
        }
        end = line.upperBound + 2
        if bytes[target.lowerBound] != Octet.slash {
            (authority, target) = try Self.absoluteForm(bytes, target)
        }
        path = try RequestTarget.path(bytes.extracting(target))
        if path == "*", method != .options {
            throw RequestRejection(400, "only OPTIONS may ask for *")
        }
    }

    private static func version(_ bytes: Span<UInt8>) throws(RequestRejection) -> Int {
        let name: StaticString = "HTTP/"
        guard bytes.count == 8, let major = Octet.digit(bytes[5]),
            bytes[6] == UInt8(ascii: "."), let minor = Octet.digit(bytes[7])
        else { throw RequestRejection(400, "invalid protocol version") }
        for index in 0..<5 where unsafe bytes[index] != name.utf8Start[index] {
            throw RequestRejection(400, "invalid protocol version")
        }
        guard major == 1 else {
            throw RequestRejection(505, "only HTTP/1.0 and HTTP/1.1 are spoken here")
        }
        return min(minor, 1)
    }

    private static func method(_ bytes: Span<UInt8>) throws(RequestRejection) -> HTTPMethod {
        for index in 0..<bytes.count where !Octet.isToken(bytes[index]) {
            throw RequestRejection(400, "invalid method")
        }
        let text = unsafe bytes.withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
        switch text {
        case "POST": return .post
        case "GET": return .get
        default: break
        }
        guard let method = HTTPMethod(rawValue: text) else {
            throw RequestRejection(501, "method not implemented")
        }
        return method
    }

    /// Splits `http://host/path` into authority and origin-form (RFC 9112, 3.2.2).
    private static func absoluteForm(_ bytes: Span<UInt8>, _ target: Range<Int>)
        throws(RequestRejection) -> (Range<Int>?, Range<Int>)
    {
        if target.count == 1 { return (nil, target) }
        for scheme: StaticString in ["http://", "https://"] {
            let start = target.lowerBound + scheme.utf8CodeUnitCount
            guard start < target.upperBound,
                equalsIgnoringCase(bytes.extracting(target.lowerBound..<start), scheme)
            else { continue }
            var end = start
            while end < target.upperBound, bytes[end] != Octet.slash { end += 1 }
            guard end < target.upperBound else { break }
            return (start..<end, end..<target.upperBound)
        }
        throw RequestRejection(400, "request target is neither a path nor an http URL")
    }

    /// An absolute target names the host twice; two names would mean two readings.
    func checkAuthority(_ bytes: Span<UInt8>, host: Range<Int>) throws(RequestRejection) {
        guard let authority else { return }
        guard equalsIgnoringCase(bytes.extracting(authority), bytes.extracting(host)) else {
            throw RequestRejection(400, "Host differs from the request target")
        }
    }
}
