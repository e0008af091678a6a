module.exports = async ({ phoneNumber }) => ({
  successful: true,
  matchedContactInfo: [{ id: 1, name: phoneNumber }],
});
