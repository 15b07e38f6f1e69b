extension OutboundContent {
    /// The files of the tenant's that WhatsApp must have before this can be sent, with the name
    /// that the customer sees.
    package var blobs: [(blob: BlobReference, filename: String?)] {
        var found: [(blob: BlobReference, filename: String?)] = []
        _ = mapping { source, filename in
            if case .blob(let blob) = source { found.append((blob, filename)) }
            return source
        }
        return found
    }

    /// The same with WhatsApp's ids instead of files, by the files' hashes; a file without an id
    /// stays as it is.
    package func uploaded(as ids: [String: String]) -> OutboundContent {
        mapping { source, _ in
            guard case .blob(let blob) = source, let id = ids[blob.sha256] else { return source }
            return .uploaded(id: id)
        }
    }

    /// The same with other sources of its media.
    private func mapping(_ change: (MediaSource, String?) -> MediaSource) -> OutboundContent {
        func changed(_ medium: OutboundMedia) -> OutboundMedia {
            var medium = medium
            medium.source = change(medium.source, medium.filename)
            return medium
        }
        var content = self
        switch body {
        case .image(let medium): content.body = .image(changed(medium))
        case .video(let medium): content.body = .video(changed(medium))
        case .audio(let medium): content.body = .audio(changed(medium))
        case .document(let medium): content.body = .document(changed(medium))
        case .sticker(let medium): content.body = .sticker(changed(medium))
        case .interactive(var message):
            switch message.header {
            case .image(let source): message.header = .image(change(source, nil))
            case .video(let source): message.header = .video(change(source, nil))
            case .document(let source, let name):
                message.header = .document(change(source, name), filename: name)
            case .text, nil: break
            }
            content.body = .interactive(message)
        case .template(var message):
            switch message.header {
            case .image(let source): message.header = .image(change(source, nil))
            case .video(let source): message.header = .video(change(source, nil))
            case .document(let source, let name):
                message.header = .document(change(source, name), filename: name)
            case .text, .location, nil: break
            }
            content.body = .template(message)
        case .text, .location, .contacts, .reaction, .other: break
        }
        return content
    }
}
