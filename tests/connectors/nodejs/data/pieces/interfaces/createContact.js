async function createContact({ newContactName }) {
  return { contactInfo: { id: 2, name: newContactName } };
}

module.exports = { createContact };
