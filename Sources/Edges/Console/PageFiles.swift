import Cryptography
import FoundationEssentials
package import HTTPServer

/// Why pages cannot be served.
package struct PageFilesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which file or folder.
    package let path: String
    /// What is wrong with it.
    package let reason: String

    /// A sentence for people.
    package var description: String { "the page \(path) cannot be served: \(reason)" }
}

/// The files of the console's pages, read once at the start: what is not in the list is not there,
/// so no path leads to any other file.
///
/// Each capability keeps its own in `NAME/Pages`; they are found under `/pages/NAME/FILE`, in small
/// letters, those of folders in it under `/pages/NAME/FOLDER/FILE`, and `index.html` under
/// `/pages/NAME/`, too. A folder with an `index.html` is a page of its own, `/pages/FOLDER/`. The
/// first page, `/`, is that of the capability `Home`. Nothing builds them.
///
/// A page is made of many small files. So that a browser asks for each once, all but the pages
/// themselves are also under `/static/VERSION/NAME/FILE`, where they may be kept for good:
/// `VERSION` follows from what is in them. Pages lead there.
package struct PageFiles: Sendable {
    private struct File {
        var type: String
        var bytes: [UInt8]
        var tag: String

        init(_ type: String, _ bytes: [UInt8]) {
            self.type = type
            self.bytes = bytes
            tag = "\"\(SHA256.hex(bytes).prefix(32))\""
        }
    }

    /// The kinds of files that pages are made of.
    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "json": "application/json",
    ]
    /// Bytes of a file; what is larger is no page.
    private static let mostBytes = 1_048_576

    /// Nothing from elsewhere, no inline script or style, no frame around the page.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        // What customers sent is shown from bytes that the page has fetched itself.
        + "img-src 'self' data: blob:; media-src blob:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static let index = "index.html"

    private static let fresh = "no-cache"
    private static let forGood = "public, max-age=31536000, immutable"

    private var files: [String: File] = [:]
    private var kept: [String: File] = [:]

    /// No pages.
    package init() {}

    /// The pages of the capabilities in a folder.
    ///
    /// - Throws: ``PageFilesError`` if a file among them is none that pages are made of.
    package init(folder: String) throws(PageFilesError) {
        for capability in Self.names(in: folder) {
            try take("\(folder)/\(capability)/Pages", at: "/pages/\(capability.lowercased())/")
        }
        try nameFolders()
        nameByContent()
        for address in ["/", "/pages/"] { files[address] = files["/pages/home/"] }
    }

    /// Takes the files of a folder, and of the folders in it; links lead nowhere.
    private mutating func take(_ folder: String, at address: String) throws(PageFilesError) {
        for name in Self.names(in: folder) {
            let path = "\(folder)/\(name)"
            guard name.utf8.allSatisfy({ Self.isPlain($0) }) else {
                throw PageFilesError(path: path, reason: Self.rule)
            }
            if try Self.type(of: path) == .typeDirectory {
                try take(path, at: "\(address)\(name)/")
                continue
            }
            let file = try Self.file(path, name)
            files[address + name] = file
            if name == Self.index { files[address] = file }
        }
    }

    /// Gives pages in folders their short addresses: `/pages/accounts/profile/` is
    /// `/pages/profile/`.
    private mutating func nameFolders() throws(PageFilesError) {
        for (address, file) in files where address.hasSuffix("/") {
            let parts = address.split(separator: "/")
            guard parts.count == 3 else { continue }
            let short = "/pages/\(parts[2])/"
            guard files[short] == nil else {
                throw PageFilesError(path: address, reason: "there is another page \(short)")
            }
            files[short] = file
        }
    }

    private mutating func nameByContent() {
        let contents = files.keys.sorted().map { "\($0) \(files[$0]?.tag ?? "")" }
        let version = SHA256.hex(Array(contents.joined(separator: "\n").utf8)).prefix(16)
        for (address, file) in files {
            let led = file.type == Self.types["svg"] ? file : leading(file, to: version)
            if file.type == Self.types["html"] {
                files[address] = led
            } else {
                kept["/static/\(version)/\(address.dropFirst("/pages/".count))"] = led
            }
        }
    }

    /// A file whose addresses of other files are those of a version.
    private func leading(_ file: File, to version: Substring) -> File {
        let text = String(decoding: file.bytes, as: UTF8.self)
        let address = /\/pages\/([a-z]+\/[a-z0-9\/_.\-]+\.(?:js|css|svg|json))/
        let led = text.replacing(address) { match in
            files[String(match.output.0)] == nil
                ? String(match.output.0) : "/static/\(version)/\(match.output.1)"
        }
        return File(file.type, Array(led.utf8))
    }

    /// The paths at which there is something.
    package var paths: [String] { files.keys.sorted() }

    /// Adds every file to a router.
    package func add(to router: inout Router) {
        for (path, file) in files {
            router.on(.get, path) { request, _ in Self.response(file, Self.fresh, to: request) }
        }
        for (path, file) in kept {
            router.on(.get, path) { request, _ in Self.response(file, Self.forGood, to: request) }
        }
    }

    private static func response(
        _ file: File, _ keeping: String, to request: HTTPRequest
    ) -> HTTPResponse {
        let headers = [
            ("Content-Type", file.type), ("Cache-Control", keeping), ("ETag", file.tag),
            ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        let known = request.headers.all(named: "If-None-Match").joined(separator: ",")
        let isKnown = known.split(separator: ",").contains { part in
            // A proxy that packs bodies makes the tag a weak one (RFC 9110, 13.1.2).
            let tag = part.drop { $0 == " " }
            return tag == "*" || tag == file.tag || tag == "W/" + file.tag
        }
        guard !isKnown else { return HTTPResponse(status: 304, headers: headers) }
        return HTTPResponse(status: 200, headers: headers, body: file.bytes)
    }

    private static func names(in folder: String) -> [String] {
        // A folder that is not there holds nothing: most capabilities have no pages.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// What a file or folder has to be called.
    private static var rule: String {
        "its name is of a-z, 0-9, - and _, and a file's ends with "
            + types.keys.sorted().joined(separator: ", ")
    }

    private static func type(of path: String) throws(PageFilesError) -> FileAttributeType? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.type]
                as? FileAttributeType
        } catch {
            throw PageFilesError(path: path, reason: "\(error)")
        }
    }

    private static func file(_ path: String, _ name: String) throws(PageFilesError) -> File {
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        guard let form = types[ending] else { throw PageFilesError(path: path, reason: rule) }
        guard try type(of: path) == .typeRegular,
            let bytes = FileManager.default.contents(atPath: path), bytes.count <= mostBytes
        else {
            throw PageFilesError(path: path, reason: "it is no readable file of at most 1 MiB")
        }
        return File(form, [UInt8](bytes))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
    }
}
