import HTTPServer

/// What must hold for any stream of HTTP requests (RFC 9112).
enum RequestProperties {
    @Sendable static func check(_ bytes: [UInt8]) throws(PropertyViolation) {
        let whole = try ParsedStream(bytes)
        for pieces in Cuts.all(bytes) {
            let cut = try ParsedStream(pieces)
            try hold(
                cut == whole,
                "in \(pieces.count) pieces the stream is \(cut), whole it is \(whole)")
        }
        if let rejection = whole.rejection {
            try hold(
                [400, 413, 414, 417, 431, 501, 505].contains(rejection.status),
                "rejected with \(rejection)")
        }
        for request in whole.requests {
            try framing(request)
            try head(request)
            try again(request)
        }
    }

    /// The body is as long as its head says, and the head says it once.
    private static func framing(_ request: ParsedStream.Request) throws(PropertyViolation) {
        let lengths = request.values("content-length")
        let codings = request.values("transfer-encoding")
        try hold(lengths.count + codings.count <= 1, "two framings in \(request)")
        try hold(request.body.count <= ParsedStream.limits.bodyBytes, "too large: \(request)")
        if let length = lengths.first {
            let digits = length.utf8.allSatisfy { (0x30...0x39).contains($0) }
            try hold(
                digits && Int(length) == request.body.count, "a wrong length is in \(request)")
        } else if let coding = codings.first {
            try hold(
                request.isHTTP11 && coding.lowercased() == "chunked",
                "a wrong coding is in \(request)")
        } else {
            try hold(request.body.isEmpty, "a body without a length is in \(request)")
        }
    }

    private static func head(_ request: ParsedStream.Request) throws(PropertyViolation) {
        let hosts = request.values("host")
        try hold(hosts.count <= 1, "two hosts in \(request)")
        try hold(!request.isHTTP11 || hosts.first?.isEmpty == false, "no host in \(request)")
        try hold(request.headers.count <= ParsedStream.limits.headerCount, "too many headers")
        try hold(request.target.utf8.count <= ParsedStream.limits.targetBytes, "long target")
        try hold(
            request.target == "*" || request.target.hasPrefix("/"),
            "the target is in no origin form: \(request)")
        try hold(!request.path.utf8.contains(0), "a NUL is in the path of \(request)")
        try hold(
            !request.path.split(separator: "/").contains(".."), "the path climbs: \(request)")
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        for header in request.headers {
            let isToken = header[0].utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) && $0 < 0x80
                    || marks.contains($0)
            }
            try hold(isToken && !header[0].isEmpty, "\(header) has no name")
            let isValue = header[1].utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 9 }
            try hold(isValue, "\(header) has controls")
            let ends = [header[1].utf8.first, header[1].utf8.last]
            try hold(!ends.contains(0x20) && !ends.contains(9), "\(header) is not trimmed")
        }
    }

    /// What was understood, written plainly, is understood as the same.
    private static func again(_ request: ParsedStream.Request) throws(PropertyViolation) {
        var lines = ["\(request.method) \(request.target) HTTP/1.\(request.isHTTP11 ? 1 : 0)"]
        var kept = request.headers.filter {
            !["content-length", "transfer-encoding"].contains($0[0].lowercased())
        }
        // What is no UTF-8 was replaced, which makes it longer.
        guard kept.allSatisfy({ !$0[1].contains("\u{FFFD}") }) else { return }
        kept.append(["Content-Length", "\(request.body.count)"])
        lines += kept.map { "\($0[0]): \($0[1])" }
        let head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        guard head.count < ParsedStream.limits.headerBytes,
            kept.count <= ParsedStream.limits.headerCount
        else { return }
        let second = try ParsedStream(head + request.body)
        try hold(second.rejection == nil, "\(request) is rejected again: \(second)")
        var expected = request
        expected.headers = kept
        try hold(second.requests == [expected], "\(request) became \(second)")
    }
}
