// Package props checks and compares the properties of a resource by a table that says what the vendor's schema says.
package props

// Kind is what a property's value looks like.
type Kind int

const (
	// String is text.
	String Kind = iota
	// Int is a whole number.
	Int
	// Bool is true or false.
	Bool
	// List is ordered: another order is another value.
	List
	// Set is a list in which order means nothing.
	Set
	// Dict is text by free keys.
	Dict
	// Object has the fields of a schema of its own.
	Object
)

// Schema is the properties of a resource, or the fields of an object, by name.
type Schema map[string]*Property

// Property is one line of a schema. Its methods return the property itself, so that a schema reads as a table.
type Property struct {
	Kind     Kind
	Of       *Property // the elements of a List or Set
	Fields   Schema    // the fields of an Object
	Needed   bool      // must be set
	ForceNew bool      // a change replaces the resource
	Derived  bool      // Docker chooses when it is not set, so leaving it out is no change
	Output   bool      // can only be read
	Default  any       // used when it is not set
	Allowed  []string  // the texts that are valid; empty = any
	Only     any       // the one value that this stand-in can do
	Keeps    bool      // an empty new value means: leave it as it is
}

// Text is a string property.
func Text() *Property { return &Property{Kind: String} }

// Whole is an integer property.
func Whole() *Property { return &Property{Kind: Int} }

// Flag is a boolean property.
func Flag() *Property { return &Property{Kind: Bool} }

// Texts is a map from free keys to strings.
func Texts() *Property { return &Property{Kind: Dict} }

// ListOf is an ordered list.
func ListOf(of *Property) *Property { return &Property{Kind: List, Of: of} }

// SetOf is an unordered list.
func SetOf(of *Property) *Property { return &Property{Kind: Set, Of: of} }

// Fields is an object with known fields.
func Fields(fields Schema) *Property { return &Property{Kind: Object, Fields: fields} }

// Required makes it an error to leave the property out.
func (p *Property) Required() *Property { p.Needed = true; return p }

// Replaces makes a change replace the resource.
func (p *Property) Replaces() *Property { p.ForceNew = true; return p }

// Computed says that Docker chooses a value when none is set.
func (p *Property) Computed() *Property { p.Derived = true; return p }

// ReadOnly makes the property an output.
func (p *Property) ReadOnly() *Property { p.Output = true; return p }

// Or is the default.
func (p *Property) Or(value any) *Property { p.Default = value; return p }

// OneOf limits a string to the given ones.
func (p *Property) OneOf(values ...string) *Property { p.Allowed = values; return p }

// Just limits the property to the one value that this stand-in supports.
func (p *Property) Just(value any) *Property { p.Only = value; return p }

// KeptWhenEmpty makes an empty new value no change.
func (p *Property) KeptWhenEmpty() *Property { p.Keeps = true; return p }

// collected says whether Docker chooses a list of plain values: only of these does the vendor's plugin tell "none" from
// "nobody knows".
func (p *Property) collected() bool {
	return p.Derived && p.ForceNew && (p.Kind == List || p.Kind == Set) && p.Of.Kind != Object
}

// Names of the kinds as error messages and the package schema use them.
func (k Kind) String() string {
	return map[Kind]string{
		String: "string", Int: "integer", Bool: "boolean", List: "array", Set: "array", Dict: "object", Object: "object",
	}[k]
}
