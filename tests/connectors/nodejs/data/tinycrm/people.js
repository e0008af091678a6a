exports.person = ({ id, name, phone }) => ({ id, name, phone, type: 'person' });
