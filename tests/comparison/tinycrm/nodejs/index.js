// Tiny CRM: people, and calls with them. It compares a phone by its text.

const base = () => process.env.TINYCRM_URL ?? 'https://api.tinycrm.example/v1';

async function ask(authHeader, method, path, body) {
  const response = await fetch(`${base()}/${path}`, {
    method,
    headers: {
      Authorization: authHeader,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) {
    const error = new Error(`Tiny CRM answered ${response.status}`);
    error.response = { status: response.status };
    throw error;
  }
  return response.json();
}

const contact = (person) => ({
  id: person.id,
  name: person.name,
  phone: person.phone,
  type: person.type,
  title: person.title,
  company: person.company,
  createdDate: person.created,
  additionalInfo: null,
});

// Each * or # of a format stands for the next digit of the number without its country code.
function spelled(phoneNumber, format) {
  const digits = [...phoneNumber.replace(/^\+1/, '').replace(/\D/g, '')];
  return format.replace(/[*#]/g, (mark) => digits.shift() ?? mark).trim();
}

exports.getAuthType = () => 'apiKey';
exports.getBasicAuth = ({ apiKey }) => Buffer.from(`${apiKey}:`).toString('base64');
exports.getLogFormatType = () => 'text/plain';

exports.getUserInfo = async ({ authHeader }) => {
  const me = await ask(authHeader, 'GET', 'me');
  return {
    successful: true,
    platformUserInfo: { id: `${me.id}-tinycrm`, name: me.name },
    returnMessage: { message: 'Connected to tinycrm.', messageType: 'success', ttl: 1000 },
  };
};

exports.findContact = async ({ authHeader, phoneNumber, overridingFormat, isExtension }) => {
  if (isExtension === 'true') {
    return { successful: false, matchedContactInfo: [] };
  }
  const formats = overridingFormat.split(',').filter(Boolean);
  const spellings = new Set([phoneNumber, ...formats.map((each) => spelled(phoneNumber, each))]);
  let people = [];
  for (const spelling of spellings) {
    ({ people } = await ask(authHeader, 'GET', `people?${new URLSearchParams({ phone: spelling })}`));
    if (people.length > 0) {
      break;
    }
  }
  const matchedContactInfo = people.map(contact);
  matchedContactInfo.push({
    id: 'createNewContact',
    name: 'Create new contact...',
    additionalInfo: null,
    isNewContact: true,
  });
  return { successful: true, matchedContactInfo };
};

exports.findContactWithName = async ({ authHeader, name }) => {
  const { people } = await ask(authHeader, 'GET', `people?${new URLSearchParams({ name })}`);
  return { successful: true, matchedContactInfo: people.map(contact) };
};

exports.createContact = async ({ authHeader, phoneNumber, newContactName, newContactType }) => {
  const made = await ask(authHeader, 'POST', 'people', {
    name: newContactName,
    phone: phoneNumber,
    type: newContactType,
  });
  return {
    contactInfo: { id: made.id, name: made.name, type: made.type },
    returnMessage: { message: 'Contact created', messageType: 'success', ttl: 2000 },
  };
};

exports.createCallLog = async ({ authHeader, contactInfo, callLog, note, composedLogDetails }) => {
  const side = callLog.direction === 'Outbound' ? 'to' : 'from';
  const made = await ask(authHeader, 'POST', 'calls', {
    person: contactInfo.id,
    subject: callLog.customSubject ?? `${callLog.direction} Call ${side} ${contactInfo.name}`,
    note,
    body: composedLogDetails,
    startedAt: new Date(callLog.startTime).toISOString(),
  });
  return {
    logId: String(made.id),
    returnMessage: { message: 'Call logged', messageType: 'success', ttl: 2000 },
  };
};

exports.getCallLog = async ({ authHeader, callLogId }) => {
  const call = await ask(authHeader, 'GET', `calls/${callLogId}`);
  return {
    callLogInfo: {
      subject: call.subject,
      note: call.note,
      fullBody: call.body,
      fullLogResponse: call,
    },
    returnMessage: { message: 'Call log fetched.', messageType: 'success', ttl: 3000 },
  };
};

exports.updateCallLog = async ({
  authHeader, existingCallLog, subject, note, composedLogDetails,
}) => {
  const path = `calls/${existingCallLog.thirdPartyLogId}`;
  const call = await ask(authHeader, 'PATCH', path, { subject, note, body: composedLogDetails });
  return {
    updatedNote: call.body,
    returnMessage: { message: 'Call log updated.', messageType: 'success', ttl: 3000 },
  };
};
