/// What WhatsApp said of a template since it was last synchronised: another state or category.
///
/// It stands beside the template, and counts where it is newer.
package struct TemplateChange: Payload {
    package static let type = "parley.template.change"
    package static let topic = Topic.templates
    package static let personal: [FieldPath] = []

    /// The business.
    package var tenant: TenantID
    /// The template's name.
    package var name: String
    /// Its language.
    package var language: String
    /// Its state, if that is what changed.
    package var status: String?
    /// Its category, if that is what changed.
    package var category: String?
    /// When.
    package var at: Timestamp

    /// The template, and which of the two it is about: each is kept.
    package var key: String {
        MessageTemplate.key(of: tenant, name, language) + (status == nil ? "/category" : "/status")
    }

    /// Describes a change.
    package init(
        tenant: TenantID, name: String, language: String, status: String? = nil,
        category: String? = nil, at: Timestamp
    ) {
        self.tenant = tenant
        self.name = name
        self.language = language
        self.status = status
        self.category = category
        self.at = at
    }
}
