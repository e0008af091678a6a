// A connector as App Connect's framework has them. Its CRM is Desk (desk.py), whose host name the
// user gives.

async function ask(hostname, authHeader, method, path, body) {
  const answer = await fetch(`http://${hostname}${path}`, {
    method,
    headers: { Authorization: authHeader, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) {
    const error = new Error(`Request failed with status code ${answer.status}`);
    error.response = { status: answer.status, headers: {} };
    throw error;
  }
  return answer.json();
}

const crm = ({ user, authHeader }, method, path, body) =>
  ask(user.hostname, authHeader, method, path, body);
const contact = ({ id, name, phone }) => ({ id, name, phone, type: 'person' });
const told = (message) => ({ message, messageType: 'success', ttl: 1000 });

exports.getAuthType = () => 'apiKey';
exports.getBasicAuth = ({ apiKey }) => Buffer.from(`${apiKey}:`).toString('base64');
exports.getLogFormatType = () => 'text/plain';

exports.getUserInfo = async ({ authHeader, hostname, additionalInfo }) => {
  try {
    const me = await ask(hostname, authHeader, 'GET', '/me');
    const platformUserInfo = {
      id: `${me.id}-desk`,
      name: me.name,
      platformAdditionalInfo: { team: additionalInfo?.team },
    };
    return { successful: true, platformUserInfo, returnMessage: told('Connected to Desk.') };
  } catch {
    return {
      successful: false,
      returnMessage: { message: 'Desk does not know this key.', messageType: 'warning', ttl: 3000 },
    };
  }
};

exports.unAuthorize = async ({ user }) => {
  await user.update({ accessToken: '' });
  return { returnMessage: told('Signed out of Desk.') };
};

exports.findContact = async (given) => {
  const query = new URLSearchParams({ phone: given.phoneNumber });
  const { people } = await crm(given, 'GET', `/people?${query}`);
  const matchedContactInfo = people.map(contact);
  matchedContactInfo.push({
    id: 'createNewContact', name: 'Create new contact...', isNewContact: true,
  });
  return { successful: true, matchedContactInfo };
};

exports.findContactWithName = async (given) => {
  const { people } = await crm(given, 'GET', `/people?${new URLSearchParams({ name: given.name })}`);
  return { successful: true, matchedContactInfo: people.map(contact) };
};

exports.createContact = async (given) => {
  const { phoneNumber: phone, newContactName: name, newContactType: type } = given;
  const made = await crm(given, 'POST', '/people', { name, phone, type });
  return { contactInfo: { id: made.id, name }, returnMessage: told('Contact created.') };
};

exports.createCallLog = async (given) => {
  const made = await crm(given, 'POST', '/calls', {
    person: given.contactInfo.id,
    subject: given.callLog.customSubject,
    body: given.composedLogDetails,
    fields: given.additionalSubmission,
  });
  return { logId: String(made.id), returnMessage: told('Call logged.') };
};

exports.getCallLog = async (given) => {
  const { subject, body } = await crm(given, 'GET', `/calls/${given.callLogId}`);
  return { callLogInfo: { subject, note: body, fullBody: body, dispositions: {} } };
};

exports.updateCallLog = async (given) => {
  const path = `/calls/${given.existingCallLog.thirdPartyLogId}`;
  const changed = await crm(given, 'PATCH', path, {
    subject: given.subject, body: given.composedLogDetails,
  });
  return { updatedNote: changed.body, returnMessage: told('Call log updated.') };
};

exports.upsertCallDisposition = async (given) => {
  const path = `/calls/${given.existingCallLog.thirdPartyLogId}`;
  await crm(given, 'PATCH', path, { disposition: given.dispositions });
  return { logId: given.existingCallLog.thirdPartyLogId, returnMessage: told('Disposition set.') };
};
