// Just as much of JSON Schema 2020-12 as the schema of events uses. A keyword that is not known here is an error: it
// would be a promise that nobody checks.

const ANNOTATIONS = new Set(["title", "description", "default"]);
const TYPES = {
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

const KEYWORDS = {
  type(schema, value) {
    if (!Object.hasOwn(TYPES, schema.type)) throw new Error(`unknown type in the schema: ${schema.type}`);
    return TYPES[schema.type](value) ? null : `is not of type ${schema.type}`;
  },
  const: (schema, value) => (value === schema.const ? null : `is not ${JSON.stringify(schema.const)}`),
  enum: (schema, value) => (schema.enum.includes(value) ? null : `is none of ${JSON.stringify(schema.enum)}`),
  minimum: (schema, value) => (typeof value !== "number" || value >= schema.minimum ? null : "is too small"),
  maximum: (schema, value) => (typeof value !== "number" || value <= schema.maximum ? null : "is too large"),
  pattern: (schema, value) =>
    typeof value !== "string" || new RegExp(schema.pattern, "u").test(value) ? null : `does not match ${schema.pattern}`,
  required(schema, value) {
    const missing = TYPES.object(value) ? schema.required.filter((name) => !Object.hasOwn(value, name)) : [];
    return missing.length ? `lacks ${missing.join(", ")}` : null;
  },
  properties(schema, value, defs) {
    if (!TYPES.object(value)) return null;
    for (const [name, inner] of Object.entries(schema.properties)) {
      const wrong = Object.hasOwn(value, name) ? fault(inner, value[name], defs) : null;
      if (wrong) return `.${name} ${wrong}`;
    }
    return null;
  },
  items(schema, value, defs) {
    if (!Array.isArray(value)) return null;
    for (const [index, each] of value.entries()) {
      const wrong = fault(schema.items, each, defs);
      if (wrong) return `[${index}] ${wrong}`;
    }
    return null;
  },
  anyOf(schema, value, defs) {
    return schema.anyOf.some((each) => fault(each, value, defs) === null) ? null : "is none of what it may be";
  },
  additionalProperties(schema) {
    if (schema.additionalProperties !== true) throw new Error("additionalProperties other than true in the schema");
    return null;
  },
  $ref(schema, value, defs) {
    const name = schema.$ref.replace("#/$defs/", "");
    if (!Object.hasOwn(defs, name)) throw new Error(`unknown $ref in the schema: ${schema.$ref}`);
    return fault(defs[name], value, defs);
  },
};

// What is wrong with the value, or null.
export function fault(schema, value, defs) {
  for (const keyword of Object.keys(schema)) {
    if (ANNOTATIONS.has(keyword)) continue;
    if (!Object.hasOwn(KEYWORDS, keyword)) throw new Error(`unknown keyword in the schema: ${keyword}`);
    const wrong = KEYWORDS[keyword](schema, value, defs);
    if (wrong) return wrong;
  }
  return null;
}
