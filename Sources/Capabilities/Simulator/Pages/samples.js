// What a made-up customer is called, and what they send: for trying out, changed at will.

export const names = ['Luz Herrera', 'Marta Soler', 'Jonas Weber', 'Amina Diallo', 'Chen Wei', 'Olga Petrova', 'Priya Nair', 'Tomás Rey', 'Yusuf Kaya', 'Léa Martin'];

export const place = { name: 'Plaza Mayor', latitude: 40.4155, longitude: -3.7074 };

export const card = { name: 'Vicent Mas', phone: '+34 600 111 222' };
