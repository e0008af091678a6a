// The user as production hands it to a connector: a row whose changes can be saved.

/** Give `user` the methods of a row; `tell` takes the fields that were changed and saved. */
export function asRow(user, tell) {
  let saved = snapshot(user);
  const save = async () => {
    const now = snapshot(user);
    const changed = Object.keys({ ...saved, ...now }).filter((key) => saved[key] !== now[key]);
    saved = now;
    if (changed.length) {
      tell(Object.fromEntries(changed.map((key) => [key, user[key] ?? null])));
    }
    return user;
  };
  const methods = {
    save,
    update: (changes) => {
      Object.assign(user, changes);
      return save();
    },
    // The row of a user who has signed out is gone, and with it the key or token.
    destroy: () => {
      Object.assign(user, { accessToken: '', refreshToken: '' });
      return save();
    },
    changed: () => true, // only asks for JSON fields to be saved, which they are
    toJSON: () => ({ ...user }),
  };
  // Not enumerable: copies of the user are plain data.
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(user, name, { value, writable: true, configurable: true });
  }
  return user;
}

/** Return each field as text, so that a change inside an object is seen as well. */
function snapshot(user) {
  return Object.fromEntries(Object.entries(user).map(([key, value]) => [key, JSON.stringify(value)]));
}
